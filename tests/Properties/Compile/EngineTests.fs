namespace Adjoint.Properties.Compile

open System
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops

/// Engines give the bits that the meaning of instructions gives, at every width of vectors.
module EngineTests =

    let private copy (buffers: NDArray[]) =
        [|
            for buffer in buffers -> NDArray(buffer.Type, buffer.Shape, buffer.Storage.Clone() :?> Array, buffer.Start)
        |]

    let private same (x: NDArray) (y: NDArray) i =
        let a, b = x.At i, y.At i

        a = b
        || (x.Type.IsFloating() && Double.IsNaN a.AsDouble && Double.IsNaN b.AsDouble)

    /// The first element in which two runs differ.
    let private difference (expected: NDArray[]) (actual: NDArray[]) =
        Seq.zip expected actual
        |> Seq.indexed
        |> Seq.tryPick (fun (k, (x, y)) ->
            seq { 0 .. min x.Size y.Size - 1 }
            |> Seq.tryFind (fun i -> not (same x y i))
            |> Option.map (fun i -> $"buffer {k} {x.Type.Name()} element {i}: {x.At i} expected, {y.At i} found"))

    let private runAll (code: LoopCode) (program: LoopProgram) buffers =
        let mutable status = LoopCode.Done

        for phase in 0 .. program.Phases.Length - 1 do
            if status = LoopCode.Done then
                status <- code.Run(phase, 0L, program.Phases[phase].Tiles, buffers, CancellationToken.None)

        status

    /// Compares an engine with the reference on a drawn program.
    let private check (engine: ILoopEngine) (program: LoopProgram) (buffers: NDArray[]) =
        let expected = copy buffers
        let status = LoopReference(program, expected, LoopDraw.Functions).Run()
        let actual = copy buffers
        let found = runAll (engine.Compile program) program actual
        Expect.equal found status $"the status of\n{program}"

        if status = LoopCode.Done then
            match difference expected actual with
            | Some text -> failtest $"{text} in\n{program}"
            | None -> ()

    let private engines = Engines.code [ 64; 32; 16; 0 ] @ Engines.blocks [ 64; 256 ]

    [<Tests>]
    let tests =
        testList
            "engines"
            [
                for name, engine in engines do
                    testCase $"{name}: drawn programs give the bits of the reference" (fun () ->
                        for seed in 1..60 do
                            let program, buffers = LoopDraw(seed).Program(10 + seed)
                            check engine program buffers)

                    testCase $"{name}: long programs, cut into several methods, give the bits of the reference" (fun () ->
                        for seed in 1001..1004 do
                            let program, buffers = LoopDraw(seed).Program(1500)
                            check engine program buffers)
            ]
