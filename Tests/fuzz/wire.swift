/// What libFuzzer calls with each input. Built and run by `Tests/fuzz/run`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    WireFuzzTarget.run(UnsafeRawBufferPointer(start: data, count: count))
    return 0
}
