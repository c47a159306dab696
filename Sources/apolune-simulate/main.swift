import Glibc
import Simulation

// `apolune-simulate FOLDER SEEDS FIRST THREADS` or `apolune-simulate FOLDER --seed N [-v]`; see scripts/simulate.
exit(Simulator.run(Array(CommandLine.arguments.dropFirst())))
