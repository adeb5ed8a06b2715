import DescentCore
import Testing

/// Expects that `body` throws a `DescentError` whose text has all of `parts`, placed in the calling file.
func expectRefusal<Result>(
    _ parts: String..., location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Result
) {
    let error = #expect(throws: DescentError.self, sourceLocation: location) { _ = try body() }
    guard let error else { return }
    for part in parts {
        #expect(error.description.contains(part), "\(error) without \(part)", sourceLocation: location)
    }
    #expect(error.location?.file == location.fileID, "\(error)", sourceLocation: location)
}

/// The numbers of a tensor.
func numbers(_ tensor: Tensor?) throws -> [Double] { try #require(tensor).evaluated().scalars(as: Double.self) }
