import ClusterState
import FoundationEssentials

/// A whole number of 64 bits. etcd's gateway writes them as decimal strings, since JSON's numbers lose digits beyond
/// 2^53; a plain number is taken too.
struct DecimalNumber<Value: FixedWidthInteger & Decodable>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let value = Value(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a whole number")
            }
            self.value = value
        } else {
            value = try container.decode(Value.self)
        }
    }
}

/// The header of every answer under /v3. Fields that are zero are left out by the gateway, here and everywhere.
struct EtcdHeader: Decodable {
    var memberID: DecimalNumber<UInt64>?

    private enum CodingKeys: String, CodingKey {
        case memberID = "member_id"
    }
}

/// What POST /v3/cluster/member/list answers.
struct EtcdMemberListAnswer: Decodable {
    struct Member: Decodable {
        var id: DecimalNumber<UInt64>
        /// Left out by a member that has not started yet.
        var name: String?
        /// Likewise.
        var clientURLs: [String]?
        /// Left out by voters, and before 3.4 by all.
        var isLearner: Bool?

        private enum CodingKeys: String, CodingKey {
            case id = "ID"
            case name, clientURLs, isLearner
        }
    }
    var header: EtcdHeader
    var members: [Member]
}

/// What POST /v3/maintenance/status answers. `dbSizeInUse` and `isLearner` came with 3.4, `dbSizeQuota` with 3.6.
struct EtcdStatusAnswer: Decodable {
    var header: EtcdHeader
    var version: String?
    var leader: DecimalNumber<UInt64>?
    var raftIndex: DecimalNumber<UInt64>?
    var raftAppliedIndex: DecimalNumber<UInt64>?
    var dbSize: DecimalNumber<Int64>?
    var dbSizeInUse: DecimalNumber<Int64>?
    var dbSizeQuota: DecimalNumber<Int64>?

    /// The leader; nil where it names none.
    var leaderID: UInt64? { leader.flatMap { $0.value == 0 ? nil : $0.value } }
}

/// What POST /v3/maintenance/alarm answers to `{"action":"GET"}`.
struct EtcdAlarmAnswer: Decodable {
    struct Alarm: Decodable {
        /// Left out (0) where the alarm is of the whole cluster: data differ, and nobody knows whose are right.
        var memberID: DecimalNumber<UInt64>?
        var alarm: String?
    }
    /// Left out by 3.4, which answers `{}` where no alarm is raised.
    var header: EtcdHeader?
    var alarms: [Alarm]?
}

/// What GET /health answers.
struct EtcdHealthAnswer: Decodable {
    /// A string; a boolean in old versions.
    let isHealthy: Bool
    /// Why not; empty where it is healthy, missing before 3.5.
    let reason: String

    private enum CodingKeys: String, CodingKey {
        case health, reason
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let word = try? container.decode(String.self, forKey: .health) {
            isHealthy = word == "true"
        } else {
            isHealthy = try container.decode(Bool.self, forKey: .health)
        }
        reason = try container.decodeIfPresent(String.self, forKey: .reason) ?? ""
    }
}

/// What GET /version answers.
struct EtcdVersionAnswer: Decodable {
    var etcdserver: String
}

/// What the gateway answers where etcd refuses: `error` up to 3.5, `message` since.
struct EtcdErrorAnswer: Decodable {
    var error: String?
    var message: String?
}

extension ProbeAnswer {
    /// The body as JSON of the type; nil where it is anything else.
    func json<Answer: Decodable>(_: Answer.Type) -> Answer? {
        guard !body.isEmpty else { return nil }
        return try? JSONDecoder().decode(Answer.self, from: Data(body))
    }

    /// The body of a successful answer as JSON of the type.
    func success<Answer: Decodable>(_ type: Answer.Type) -> Answer? {
        status == 200 ? json(type) : nil
    }
}
