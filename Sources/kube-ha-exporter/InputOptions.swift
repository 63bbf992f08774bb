import ArgumentParser
import Collection
import Programs
import Recordings

/// Where the cluster comes from.
struct InputOptions: ParsableArguments {
    @Option(
        flag: "from",
        takes: "dir",
        "Read the cluster that is recorded in this folder.",
        discussion: "A folder that capture wrote: one file for each resource, named GROUP_VERSION_RESOURCE.pb."
    )
    var from: String?

    static let setting = Setting<String>(text: "from")

    /// The folder, by flag or by environment variable.
    func folder(_ environment: [String: String]) throws(ProgramFailure) -> String? {
        try ProgramFailure.usage { () throws(SettingError) in try Self.setting.value(from, environment) }
    }

    /// The recording in a folder; the program ends with that exit code where it cannot be read.
    static func recording(in folder: String, failure code: Int32) throws(ProgramFailure) -> Recording {
        do {
            return try Recording.read(directory: folder)
        } catch {
            throw ProgramFailure("--from \(folder): \(error)", code: code)
        }
    }
}
