import Testing

@testable import KubernetesClient

/// Each file of `Invalid/` begins with a comment: the message it must give, without the file's name.
struct InvalidKubeconfigTests {
    static let files = TestFolder.names(in: "\(testFolder)/Invalid", ending: ".yaml")

    @Test(arguments: files)
    func saysWhatIsWrong(file: String) throws {
        let path = "\(testFolder)/Invalid/\(file)"
        let expected = try #require(TestFolder.text(path)?.split(separator: "\n").first?.dropFirst(2))
        let message = try #require(
            failure { () throws(CredentialError) in
                try ClusterAccess.find(kubeconfig: path, environment: World().environment())
            }
        )
        // A place follows the name at once, anything else after a blank.
        let separator = expected.first?.isNumber == true ? ":" : ": "
        #expect(message == path + separator + expected)
        #expect(!message.contains("S3CRET") && !message.contains("\n"))
    }

    @Test func thereAreMany() {
        #expect(Self.files.count >= 52)
    }
}
