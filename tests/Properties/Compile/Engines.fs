/// The engines that this machine has.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Compile.Engines

open System.Runtime.CompilerServices
open Adjoint.Compile.Emit
open Adjoint.Loops
open Adjoint.Loops.Blocks

/// Machine code by the widest vectors in bytes, 0 for none; nothing where no code can be made while running.
let code (widths: int list) : (string * ILoopEngine) list =
    [
        if RuntimeFeature.IsDynamicCodeSupported then
            for width in widths do
                $"il {8 * width} bits", IlEngine(width) :> ILoopEngine
    ]

/// Precompiled code over blocks of so many lanes.
let blocks (lanes: int list) : (string * ILoopEngine) list =
    [
        for count in lanes -> $"blocks of {count}", BlockEngine(count) :> ILoopEngine
    ]
