import DescentCore
import Foundation

/// The files of recorded values in `Golden`, read from beside this source file.
enum Recorded {
    static func file<Contents: Decodable>(_ name: String, as type: Contents.Type) throws -> Contents {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: tests.appendingPathComponent("Golden/\(name).json"))
        return try JSONDecoder().decode(Contents.self, from: data)
    }

    static func attributes(_ text: String) throws -> RecordedAttributes {
        try JSONDecoder().decode(RecordedAttributes.self, from: Data(text.utf8))
    }
}

/// A list of cases; what else the header says is for readers.
struct RecordedCases<Case: Decodable>: Decodable {
    let cases: [Case]
}

/// A number, or the name of one that JSON has no way to write.
struct RecordedNumber: Decodable {
    let value: Double

    init(from decoder: Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let name = try? container.decode(String.self) {
            // "Infinity", "NaN", "inf"
            guard let value = Double(name) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no number: \(name)")
            }
            self.value = value
        } else {
            value = try container.decode(Double.self)
        }
    }
}

struct RecordedTensor: Decodable {
    let shape: [Int]
    let data: [RecordedNumber]
    let dtype: String?

    var tensor: Tensor {
        let numbers = data.map(\.value)
        return dtype == "int64"
            ? Tensor(numbers.map { Int($0) }, shape: Shape(shape)) : Tensor(numbers, shape: Shape(shape))
    }
}

/// Parameters of an operation.
struct RecordedAttributes: Decodable {
    /// One axis is written as a number, several as a list, all of them as null.
    struct Axes: Decodable {
        let axes: [Int]

        init(from decoder: Decoder) throws {
            let container = try decoder.singleValueContainer()
            axes = try (try? container.decode([Int].self)) ?? [container.decode(Int.self)]
        }
    }

    let axis: Axes?
    let axes: Axes?
    let keepdims: Bool?
    let p: Double?
    let lo: Double?
    let hi: Double?
    let slope: Double?
    let perm: [Int]?
    let shape: [Int]?
    let sizes: [Int]?
    let start: [Int]?
    let stop: [Int]?
    let step: [Int]?
    let pads: [[Int]]?
    let i: Int?
    let k: Int?
    let eps: Double?
    let ord: RecordedNumber?
    let shift: Int?
    let reps: [Int]?
    let n: Int?
    let descending: Bool?
}

struct RecordedTolerance: Decodable {
    let rtol: Double?
    let atol: Double?
}
