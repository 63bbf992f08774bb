package import KubernetesWire

extension ListWatch {
    /// What came about.
    package enum Input: Sendable, Equatable {
        /// Begin, after a while.
        case start(after: Duration)
        /// Time has passed: it is ``ListWatch/wakeAt`` or later.
        case tick
        /// A page that was asked for has begun to come: its head says 200.
        case pageArrived
        /// The metadata of the page being read.
        case pageMetadata(ListMeta)
        /// The page being read has ended; it had so many objects.
        case pageEnded(items: Int)
        /// The list came to nothing.
        case listFailed(RequestFailure)
        /// The watch was answered 200.
        case watchOpened(scope: Int)
        /// Events, or a bookmark, moved the version on.
        case watchProgressed(scope: Int, version: String)
        /// The server ended the watch in good order.
        case watchEnded(scope: Int)
        /// The watch broke, was refused, or brought an ERROR.
        case watchFailed(scope: Int, RequestFailure)
        /// Another resource's versions have gone back: etcd was restored.
        case restored
        /// What is held was found not to be what the cluster holds: a watch has died without a word.
        case outdated
        /// The process did not run for a while: whether what is held still holds is to be confirmed.
        case gap
        /// Discovery has it, or has it not.
        case discovered(Bool)
    }

    /// What is to be done, in this order.
    package enum Action: Sendable, Equatable {
        /// Begin to stage a list.
        case beginList
        /// Ask for a page; its answer comes while another may still be read.
        case requestPage(scope: Int, continueToken: String)
        /// Read the page that arrived first.
        case readPage
        /// Put what was staged in the place of what was.
        case commitList
        /// End what is under way of a list, and drop what was staged.
        case abandonList
        /// Drop all objects: the resource is gone.
        case clear
        /// Open a watch.
        case openWatch(scope: Int, version: String, timeoutSeconds: Int)
        /// End all watches.
        case closeWatches
        /// Read the credentials again.
        case invalidateCredentials
        /// The source has answered.
        case succeeded
        /// An error to count, and, with a state, how the source stands until it answers.
        case failed(Stage, RequestFailure)
        /// The API does not have the resource.
        case absent(reason: String)
        /// Have all resources listed again: versions have gone back.
        case relistAll
    }

    /// What failed, as errors are counted.
    package enum Stage: String, Sendable {
        case list, watch, decode
    }
}
