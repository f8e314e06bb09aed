import ArgumentParser
import GRDB
import Hummingbird
import NIOSSL
import ServiceLifecycle
import SwiftProtobuf
import Yams

@main struct Tongyuan: ParsableCommand { func run() { print("tongyuan") } }
