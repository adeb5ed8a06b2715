import DescentCore
import DescentFiles
import Foundation
import Testing

@Suite("configurations are JSON")
struct ConfigurationTests {
    static let sample: Configuration = [
        "name": "a \"b\" \\ \n \u{1} ü", "count": 3, "rate": 0.1, "none": nil, "flag": true, "list": [1, 2.5, [nil]],
        "object": ["b": 1, "a": [:]],
    ]

    @Test("text and back")
    func roundTrip() throws {
        let text = Self.sample.json
        let again = try Configuration(json: text)
        #expect(again == Self.sample)
        #expect(again.keys == Self.sample.keys)
        #expect(again.json == text)
        let coded = try JSONDecoder().decode(Configuration.self, from: JSONEncoder().encode(Self.sample))
        #expect(coded == Self.sample)
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(parsed?["name"] as? String == Self.sample["name"]?.string)
    }

    @Test(
        "numbers, escapes and Python's words",
        arguments: [
            (#"{"a":-0.5e-3}"#, Configuration.Value.number(-0.0005)), (#"{"a":12}"#, 12), (#"{"a":-0}"#, .number(-0.0)),
            (#"{"a":12345678901234567168}"#, .number(12345678901234567168)), (#"{"a":"é😀\/"}"#, "é😀/"),
            (#"{"a": -Infinity}"#, .number(-.infinity)), (#" { "a" : [ ] } "#, .list([])), (#"{"a":{}}"#, .object([:])),
        ])
    func reads(text: String, value: Configuration.Value) throws {
        #expect(try Configuration(json: text)["a"] == value)
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", "the end of the text"), ("[1]", "[1]"), (#"{"a":1"#, "byte 6"), (#"{"a":01}"#, "byte 5"),
            (#"{"a":1.}"#, "byte 5"), (#"{"a":+1}"#, "byte 5"), (#"{"a":1,"a":2}"#, "byte 7"),
            (#"{"a":"\x"}"#, "byte 7"),
            (#"{"a":"\u12"}"#, "byte 8"), (#"{"a" 1}"#, "byte 5"), (#"{a:1}"#, "byte 1"), (#"{"a":1} x"#, "byte 8"),
            (#"{"a":[1,]}"#, "byte 8"), ("{\"a\":\"\n\"}", "byte 6"), (#"{"a":"b"#, "byte 7"),
            (#"{"a":nul}"#, "byte 5"),
        ])
    func refuses(text: String, place: String) throws {
        let error = #expect(throws: DescentError.self) { try Configuration(json: text) }
        #expect(error?.description.contains(place) == true, "\(String(describing: error))")
    }

    @Test("deep nesting is refused, not followed")
    func deep() throws {
        let text = #"{"a":"# + String(repeating: "[", count: 100_000)
        #expect(throws: DescentError.self) { try Configuration(json: text) }
        let fine = #"{"a":"# + String(repeating: "[", count: 150) + String(repeating: "]", count: 150) + "}"
        #expect(try Configuration(json: fine)["a"]?.list?.count == 1)
    }

    @Test("order does not matter to equality, and setting nil takes an entry away")
    func equality() {
        var a: Configuration = ["x": 1, "y": 2]
        #expect(a == ["y": 2, "x": 1])
        #expect(Set([a, ["y": 2, "x": 1]]).count == 1)
        a["x"] = nil
        #expect(a == ["y": 2])
        #expect(a.merging(["y": 3, "z": nil]).json == #"{"y": 3, "z": null}"#)
    }
}
