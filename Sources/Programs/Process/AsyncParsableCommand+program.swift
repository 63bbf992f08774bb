package import ArgumentParser

extension AsyncParsableCommand {
    /// Runs the program of which this is the root command, and ends the process where the command fails: every failure
    /// is one line on standard error and an exit code.
    package static func runProgram() async {
        ProcessSetup.run()
        do {
            try ProcessSetup.raiseDescriptorLimit()
            let command = try parseAsRoot(ProcessSetup.arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch let failure as ProgramFailure {
            StandardStreams.complain(failure.message)
            ProcessSetup.exit(failure.code)
        } catch {
            end(by: error)
        }
    }

    /// Ends the process by an error of ArgumentParser: help and version are answers, everything else is wrong usage.
    private static func end(by error: any Error) -> Never {
        // Thrown by a command that has printed everything: only the code is left.
        if let code = error as? ExitCode { ProcessSetup.exit(code.rawValue) }
        let code = exitCode(for: error)
        if code.isSuccess {
            StandardStreams.write(fullMessage(for: error) + "\n")
        } else {
            let line = message(for: error).split(separator: "\n").joined(separator: " ")
            StandardStreams.complain("\(line); see \(ProcessSetup.programName) --help")
        }
        ProcessSetup.exit(code.rawValue)
    }
}
