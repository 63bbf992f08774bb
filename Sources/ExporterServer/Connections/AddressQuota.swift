import Synchronization

/// Counts what clients hold of something, by address and in all, and refuses more than the limits.
package final class AddressQuota: Sendable {
    /// One of what is counted; given back when nothing refers to it any more.
    package final class Slot: Sendable {
        private let quota: AddressQuota
        private let address: String

        fileprivate init(_ quota: AddressQuota, _ address: String) {
            self.quota = quota
            self.address = address
        }

        deinit { quota.release(address) }
    }

    private struct Counts {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    private let limit: Int
    private let limitPerAddress: Int
    private let counts = Mutex(Counts())

    /// Creates a quota of which nothing is taken.
    ///
    /// - Parameters:
    ///   - limit: How many there may be in all.
    ///   - limitPerAddress: How many one address may hold.
    package init(limit: Int, perAddress limitPerAddress: Int) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
    }

    /// Takes one for an address; nil where a limit is reached.
    package func take(_ address: String) -> Slot? {
        let isTaken = counts.withLock { counts in
            guard counts.total < limit, counts.byAddress[address, default: 0] < limitPerAddress else { return false }
            counts.total += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
        return isTaken ? Slot(self, address) : nil
    }

    private func release(_ address: String) {
        counts.withLock { counts in
            counts.total -= 1
            let rest = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = rest > 0 ? rest : nil
        }
    }
}
