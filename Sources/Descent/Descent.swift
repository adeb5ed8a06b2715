// What `import Descent` brings: the mathematics and the learning.
@_exported import DescentCore
@_exported import DescentLearning
