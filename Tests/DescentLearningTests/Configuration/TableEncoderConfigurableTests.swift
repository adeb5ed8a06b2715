import Descent
import Testing

@Suite("table encoders as configurable objects")
struct TableEncoderConfigurableTests {
    @Test("through the protocol as directly")
    func roundTrip() throws {
        let table = try Table([("x", .numbers([1, 2, 4])), ("y", .numbers([1, 3, 2]))])
        let encoder = try TableEncoder(learning: table, target: "y")
        let type: any Configurable.Type = TableEncoder.self
        let again = try type.fromConfig(encoder.getConfig(), customObjects: [:])
        #expect(again as? TableEncoder == encoder && type.className == "TableEncoder")
        #expect(encoder.serialized()["class_name"]?.string == "TableEncoder")
    }
}
