import DescentCore

/// Anything that has variables: a layer, a model, a part of one.
///
/// Variables are found where they are stored: in the properties of the type, in its parts, and in optionals, arrays,
/// dictionaries and structures of these. Nothing needs to be registered. The name of a variable is the way to it.
///
/// ```swift
/// struct Line: Module {
///     let slope = Variable(2.0)
///     let shift = Variable([0.5])
/// }
/// struct Pair: Module {
///     let lines = [Line(), Line()]
/// }
/// print(Pair().namedVariables.map(\.name))   // ["lines.0.slope", "lines.0.shift", "lines.1.slope", "lines.1.shift"]
/// ```
public protocol Module {
    /// The parts by name: stored properties, unless the type says otherwise.
    var children: [(name: String, value: Any)] { get }
}

extension Module {
    /// The stored properties.
    public var children: [(name: String, value: Any)] { ModuleWalk.properties(of: self) }

    /// All variables that exist by now, each once, with the way to each of them.
    public var namedVariables: [(name: String, variable: Variable)] {
        ModuleWalk(self).variables
    }

    /// All variables that exist by now, each once.
    public var variables: [Variable] { namedVariables.map(\.variable) }

    /// The variables that training changes.
    public var trainableVariables: [Variable] { variables.filter(\.trainable) }

    /// The variables that training leaves to the layers themselves, or alone.
    public var nonTrainableVariables: [Variable] { variables.filter { !$0.trainable } }

    /// Whether training changes the module. Setting it sets it for all its parts, also for variables that are not made
    /// yet.
    ///
    /// ```swift
    /// let features = Dense(4)
    /// features.trainable = false
    /// let model = Sequential(features, Dense(1))
    /// _ = model([[1, 2]])
    /// print(model.trainableVariables.count, model.nonTrainableVariables.count)   // 2 2
    /// ```
    public var trainable: Bool {
        get {
            let walk = ModuleWalk(self)
            return walk.weights.contains { $0.trainable } || walk.free.contains { $0.trainable }
        }
        nonmutating set {
            let walk = ModuleWalk(self)
            for weight in walk.weights { weight.trainable = newValue }
            for variable in walk.free { variable.trainable = newValue }
        }
    }

    /// What the regularizers of all parts add to the loss; nil where there are none.
    public var regularizationLoss: Tensor? {
        var sum: Tensor?
        for weight in ModuleWalk(self).weights {
            guard let penalty = weight.penalty else { continue }
            sum = sum.map { $0 + penalty } ?? penalty
        }
        return sum
    }
}

/// Walks over a module's parts, those of their parts, and so on, in the order in which they are stored.
struct ModuleWalk {
    private(set) var variables: [(name: String, variable: Variable)] = []
    /// Weights, made or not.
    private(set) var weights: [Weight] = []
    /// Variables that no weight made.
    private(set) var free: [Variable] = []
    private var seen: Set<ObjectIdentifier> = []

    init(_ module: any Module) { visit(module, "") }

    private mutating func visit(_ value: Any, _ path: String) {
        switch value {
        case let variable as Variable:
            guard seen.insert(ObjectIdentifier(variable)).inserted else { return }
            variables.append((path, variable))
            free.append(variable)
        case let weight as Weight:
            guard seen.insert(ObjectIdentifier(weight)).inserted else { return }
            weights.append(weight)
            guard let variable = weight.variable, seen.insert(ObjectIdentifier(variable)).inserted else { return }
            variables.append((path, variable))
        case let module as any Module:
            if type(of: module) is AnyClass, !seen.insert(ObjectIdentifier(module as AnyObject)).inserted { return }
            for child in module.children { visit(child.value, path.isEmpty ? child.name : "\(path).\(child.name)") }
        case is Tensor: break
        default: visitParts(of: value, path)
        }
    }

    /// Containers, and structures that say nothing of themselves.
    private mutating func visitParts(of value: Any, _ path: String) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: if let wrapped = mirror.children.first { visit(wrapped.value, path) }
        case .dictionary:
            let pairs = mirror.children.compactMap { child -> (String, Any)? in
                let pair = Mirror(reflecting: child.value).children.map(\.value)
                return pair.count == 2 ? ("\(pair[0])", pair[1]) : nil
            }
            for (key, value) in pairs.sorted(by: { $0.0 < $1.0 }) { visit(value, "\(path).\(key)") }
        case .collection, .set:
            for (index, child) in mirror.children.enumerated() { visit(child.value, "\(path).\(index)") }
        case .struct, .tuple, .enum:
            for child in ModuleWalk.properties(of: value) { visit(child.value, "\(path).\(child.name)") }
        default: break
        }
    }

    /// The stored properties of a value, those of its superclass first.
    static func properties(of value: Any) -> [(name: String, value: Any)] {
        var mirrors: [Mirror] = []
        var mirror: Mirror? = Mirror(reflecting: value)
        while let next = mirror {
            mirrors.append(next)
            mirror = next.superclassMirror
        }
        return mirrors.reversed().flatMap { mirror in
            mirror.children.enumerated().map { index, child in
                (child.label.map(ModuleWalk.plain) ?? "\(index)", child.value)
            }
        }
    }

    /// The name of a property as it is written: without the marks of lazy properties and of tuples.
    private static func plain(_ label: String) -> String {
        let lazy = "$__lazy_storage_$_"
        if label.hasPrefix(lazy) { return String(label.dropFirst(lazy.count)) }
        return label.hasPrefix(".") ? String(label.dropFirst()) : label
    }
}
