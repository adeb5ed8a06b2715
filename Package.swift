// swift-tools-version: 6.0
import PackageDescription

// Floor by floor: a target names only targets above it in this list.
let package = Package(
    name: "Descent",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "Descent", targets: ["Descent"]),
        .library(name: "DescentTestSupport", targets: ["DescentTestSupport"]),
        .executable(name: "descent", targets: ["DescentCommand"]),
        .executable(name: "descent-bench", targets: ["DescentBench"]),
    ],
    targets: [
        .target(name: "CDescent", exclude: ["README.md"]),
        .target(name: "DescentCore", dependencies: ["CDescent"], exclude: ["README.md"]),
        .target(name: "DescentFiles", dependencies: ["DescentCore"], exclude: ["README.md"]),
        .target(name: "DescentData", dependencies: ["DescentCore", "DescentFiles"], exclude: ["README.md"]),
        .target(name: "DescentPictures", exclude: ["README.md"]),
        .target(
            name: "DescentLearning",
            dependencies: ["DescentCore", "DescentFiles", "DescentData", "DescentPictures"], exclude: ["README.md"]),
        .target(
            name: "Descent",
            dependencies: ["DescentCore", "DescentFiles", "DescentData", "DescentLearning", "DescentPictures"],
            exclude: ["README.md"]),
        .target(name: "DescentTestSupport", dependencies: ["DescentCore"], exclude: ["README.md"]),

        .executableTarget(name: "DescentCommand", dependencies: ["Descent"], exclude: ["README.md"]),
        .executableTarget(
            name: "DescentBench", dependencies: ["CDescent", "DescentFiles", "Descent"], exclude: ["README.md"]),

        .testTarget(name: "CDescentTests", dependencies: ["CDescent"]),
        .testTarget(
            name: "DescentCoreTests", dependencies: ["CDescent", "DescentCore", "DescentTestSupport"],
            exclude: ["Golden"]),
        .testTarget(
            name: "DescentFilesTests", dependencies: ["DescentCore", "DescentFiles", "DescentTestSupport"],
            exclude: ["Recorded"]),
        .testTarget(
            name: "DescentDataTests",
            dependencies: ["DescentCore", "DescentFiles", "DescentData", "DescentTestSupport"], exclude: ["Recorded"]),
        .testTarget(
            name: "DescentLearningTests",
            dependencies: ["CDescent", "Descent", "DescentFiles", "DescentLearning", "DescentTestSupport"],
            exclude: ["Golden", "Recorded"]),
        .testTarget(name: "DescentPicturesTests", dependencies: ["DescentPictures"]),
        .testTarget(name: "DescentCommandTests", dependencies: ["DescentCommand", "Descent", "DescentTestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
