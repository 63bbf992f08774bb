import HASignals

/// A table that is printed as tab-separated text or as Markdown, in sections.
struct ReferenceTable {
    /// One area's part.
    struct Section {
        let title: String
        let rows: [[String]]
    }

    let columns: [String]
    let sections: [Section]
    /// The page with a section under each name, relative to deploy/reference.md; nil where there is none.
    var page: String?

    /// Tab-separated values: a line of column names and one a section, both behind `#`, and one line a row.
    var text: String {
        var lines = ["# " + columns.joined(separator: "\t")]
        for section in sections {
            lines.append("# \(section.title)")
            lines += section.rows.map { $0.joined(separator: "\t") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Markdown: a heading and a table a section; names stand in the first column, as code.
    var markdown: String {
        sections.map { section in
            let head = "| " + columns.joined(separator: " | ") + " |"
            let rule = "|" + columns.map { _ in " --- |" }.joined()
            let rows = section.rows.map { row in
                "| " + row.enumerated().map { $0 == 0 ? name($1) : Self.escaped($1) }.joined(separator: " | ") + " |"
            }
            return (["### \(section.title)", "", head, rule] + rows).joined(separator: "\n") + "\n"
        }
        .joined(separator: "\n")
    }

    /// A name as code, a link to its section where there is one.
    private func name(_ text: String) -> String {
        page.map { "[`\(text)`](\($0)#\(text))" } ?? "`\(text)`"
    }

    /// The title of an area's section.
    static func title(_ area: AreaName) -> String {
        "area \(area.position) \(area.rawValue)"
    }

    /// Text that Markdown shows as it is: a bar would end the cell, the others could begin markup.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "|\\`*_<[".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
