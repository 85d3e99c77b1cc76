/// The reference of the loop language as an engine, for kernels that are judged without one.
module Adjoint.Properties.Compile.PlainEngine

open System.Collections.Generic
open System.Threading
open Adjoint.Loops

let private none = Dictionary<string, uint64[] -> uint64>()

let private planted = AsyncLocal<LoopFaults option>()

/// Runs something with errors planted into what the engine runs.
let within (faults: LoopFaults) (run: unit -> 'T) =
    planted.Value <- Some faults

    try
        run ()
    finally
        planted.Value <- None

type private Code(program: LoopProgram) =
    inherit LoopCode()

    override _.Run(phase, first, last, buffers, _) =
        LoopReference(program, buffers, none, planted.Value).Run(program.Phases[phase], first, last)

/// The engine.
let instance =
    { new ILoopEngine with
        member _.Name = "plain"
        member _.Compile program = Code program
    }
