#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

func decimalLogarithm(_ x: Double) -> Double { log10(x) }

func powerOfTen(_ exponent: Double) -> Double { pow(10, exponent) }

func cubeRoot(_ x: Double) -> Double { cbrt(x) }
