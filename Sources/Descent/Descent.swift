// What `import Descent` brings: the mathematics, the files, the data, the pictures and the learning.
@_exported import DescentCore
@_exported import DescentData
@_exported import DescentFiles
@_exported import DescentLearning
@_exported import DescentPictures
