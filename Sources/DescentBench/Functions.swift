// The C library's functions in float64, under names that do not collide with those of tensors.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

func logarithm(_ x: Double) -> Double { log(x) }

func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }

func exponential(_ x: Double) -> Double { exp(x) }

func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
