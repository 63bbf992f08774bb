import Testing

@testable import kube_ha_exporter

struct CodeMemoryTests {
    /// Lines as Linux 6 has them: code of a program and a library, and everything that must not be given back.
    private let maps = """
        55f2d8d38000-55f2da60a000 r-xp 00000000 fe:00 16294057                   /usr/bin/kube-ha-exporter
        55f2da60b000-55f2da6bb000 r--p 018d2000 fe:00 16294057                   /usr/bin/kube-ha-exporter
        55f2da6bb000-55f2da9d2000 rw-p 01982000 fe:00 16294057                   /usr/bin/kube-ha-exporter
        55f2da9d2000-55f2dac00000 rw-p 00000000 00:00 0                          [heap]
        7f4bf4000000-7f4bf4021000 r-xp 00000000 00:00 0
        7f4bf5000000-7f4bf5200000 rwxp 00000000 fe:00 123                        /usr/lib/odd.so
        7f4bf6000000-7f4bf6144000 r-xp 00026000 fe:00 4711                       /usr/lib/name with spaces/libc.so.6
        7ffd3a9f2000-7ffd3a9f4000 r-xp 00000000 00:00 0                          [vdso]
        """

    @Test func takesMappedCodeOnly() {
        #expect(
            CodeMemory.executableRanges(maps: maps) == [
                0x55f2_d8d3_8000..<0x55f2_da60_a000, 0x7f4b_f600_0000..<0x7f4b_f614_4000,
            ]
        )
    }

    @Test func survivesIt() {
        CodeMemory.giveBackUnused()
        #expect(CodeMemory.executableRanges(maps: "nonsense\n1-0 r-xp 0 0 0 /x\nx-y r-xp 0 0 0 /x").isEmpty)
    }
}
