/// The reference of the loop language as an engine, for kernels that are judged without one.
module Adjoint.Properties.Compile.PlainEngine

open System.Collections.Generic
open Adjoint.Loops

let private none = Dictionary<string, uint64[] -> uint64>()

type private Code(program: LoopProgram) =
    inherit LoopCode()

    override _.Run(phase, first, last, buffers, _) =
        LoopReference(program, buffers, none).Run(program.Phases[phase], first, last)

/// The engine.
let instance =
    { new ILoopEngine with
        member _.Name = "plain"
        member _.Compile program = Code program
    }
