/// Structures of every kind, transforms around training, and optimizers of optimizers.
module Adjoint.LibraryTests.Learn.OptimUseTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks

let private vector (items: float list) : Tensor<float> = Tensor.vector items

/// The parameters after each of these gradients.
let private follow (optimizer: Optimizer) (start: 'P) (gradients: 'P seq) =
    Seq.fold (fun (p, state) g -> Optim.step optimizer g p state) (start, Optim.init optimizer start) gradients
    |> fst

/// Gradients that change size and sign, as training's do.
let private gradients = [ for i in 0..19 -> 3.0 * sin (1.7 * float i) / (1.0 + 0.2 * float i) ]

type Rates =
    {
        Rate: Tensor<float>
        Shift: Tensor<float>
    }

/// Every kind of part, floating leaves of four dtypes, and integers.
type Mixed =
    {
        Wide: Tensor<float>
        Layers: Tensor<float32> list
        Named: Map<string, Tensor<Half>>
        Table: Tensor<int>
        Phase: Tensor<Numerics.Complex> option
        Size: int
    }

let private mixed =
    {
        Wide = vector [ 1.0; 2.0 ]
        Layers = [ Tensor.ones [ 2 ]; Tensor.zeros [] ]
        Named = Map [ "a", Tensor.ones [ 3 ] ]
        Table = Tensor.vector [ 7; 8 ]
        Phase = None
        Size = 3
    }

let private structures =
    testList
        "structures"
        [
            testCase "leaves of many dtypes; integers stay" (fun () ->
                for optimizer in
                    [
                        Optim.sgd 0.5
                        Optim.momentum 0.9 0.5
                        Optim.adam 0.5
                        Optim.chain [ Optim.clipByGlobalNorm 1e6; Optim.rmsProp 0.5 ]
                    ] do
                    let gradient = Structure.map Front.Tensors.OnesLike mixed
                    let p, state = Optim.step optimizer gradient mixed (Optim.init optimizer mixed)
                    let p, state = Optim.step optimizer gradient p state
                    Expect.sequenceEqual (Tensor.toArray p.Table) [ 7; 8 ] "integers"
                    Expect.equal (value state.Step) 2L "steps"
                    // The same rule in f64, f32 and f16: 2^-24 and 2^-11 are half their last places below 2.
                    let moved = value p.Wide[0] - 1.0
                    near 3e-7 moved (float (value p.Layers[1])) "f32"
                    near 4e-3 moved (float (value (p.Named["a"].[0])) - 1.0) "f16")

            testCase "complex numbers go down too" (fun () ->
                let target = Numerics.Complex(1.0, -2.0)

                let loss (z: Tensor<Numerics.Complex>) : Tensor<float> =
                    let apart = z - Tensor.scalar target
                    Tensor.ofExpr (Front.Tensors.Real (apart * Tensor.conj apart).Expr)

                let optimizer = Optim.momentum 0.5 0.1
                let start = Tensor.scalar Numerics.Complex.Zero

                let run (z, s) _ =
                    let _, z, s = Optim.descend optimizer loss z s in z, s

                let z, _ = Seq.fold run (start, Optim.init optimizer start) (seq { 1..200 })
                near 1e-10 0.0 (Numerics.Complex.Abs(value z - target)) "distance"

                refuses<DTypeException> [ "adam"; "c128"; "Momentum" ] (fun () -> follow (Optim.adam 0.1) start [ start ] |> ignore))

            testCase "a step is traced once, whatever step, rate and gradient are" (fun () ->
                let mutable traces = 0
                let schedule = Schedule.warmupCosine 2 5

                let step =
                    compile (fun (rate: Tensor<float>, p: Tensor<float>, state) ->
                        traces <- traces + 1
                        let optimizer = Optim.adam 1.0 |> Optim.scheduled schedule |> Optim.scaled rate
                        let _, p, state = Optim.descend optimizer (Tensor.square >> Tensor.sum) p state
                        p, state)

                let mutable p, state = vector [ 1.0; -3.0 ], Optim.init (Optim.adam 1.0) (vector [ 1.0; -3.0 ])

                for i in 0..4 do
                    let next, state' = step (Tensor.scalar (0.1 * float i), p, state)
                    p <- next
                    state <- state'

                Expect.equal traces 1 "traces"
                // Rates 0, 0.1 × ½, 0.2 × 1, 0.3 × ¾, 0.4 × ¼ against a hand-driven Adam.
                let rates = [ 0.0; 0.05; 0.2; 0.225; 0.1 ]

                let adam (p, m, v, t) rate =
                    let g = 2.0 * p
                    let m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                    p - rate * (m / (1.0 - 0.9 ** t)) / (sqrt (v / (1.0 - 0.999 ** t)) + 1e-8), m, v, t + 1.0

                let expected =
                    [
                        for start in [ 1.0; -3.0 ] -> let p, _, _, _ = List.fold adam (start, 0.0, 0.0, 1.0) rates in p
                    ]

                holds 1e-12 [ 2 ] expected p "p")

            testCase "through scan, vmap and a derivative" (fun () ->
                let optimizer = Optim.chain [ Optim.clipByGlobalNorm 1.0; Optim.adam 1.0 ]

                let loss (p: Tensor<float>) =
                    Tensor.sum (Tensor.square (p - vector [ 1.0; -1.0 ]))

                let train (setup: Rates) =
                    let start = setup.Shift * vector [ 3.0; 2.0 ]

                    let step (p, state) (_: Tensor<int64>) =
                        let value, p, state = Optim.descend (Optim.scaled setup.Rate optimizer) loss p state
                        (p, state), value

                    let (p, _), losses = Flow.scan step (start, Optim.init optimizer start) (Tensor.arange<int64> 6)
                    loss p + Tensor.sum losses

                let alone rate shift =
                    {
                        Rate = Tensor.scalar rate
                        Shift = Tensor.scalar shift
                    }

                let one = train (alone 0.2 1.0)

                let rec byHand p state steps =
                    if steps = 0 then
                        loss p
                    else
                        let before, p, state = Optim.descend (Optim.scaled (Tensor.scalar 0.2) optimizer) loss p state
                        before + byHand p state (steps - 1)

                let start = vector [ 3.0; 2.0 ]
                holds 1e-12 [] [ value (byHand start (Optim.init optimizer start) 6) ] one "as a plain loop"

                let lanes =
                    vmap
                        train
                        {
                            Rate = vector [ 0.1; 0.2; 0.3 ]
                            Shift = vector [ 1.0; 1.0; 0.5 ]
                        }

                holds 1e-12 [ 3 ] [ value (train (alone 0.1 1.0)); value one; value (train (alone 0.3 0.5)) ] lanes "lanes"

                gradientAgrees
                    1e-7
                    (fun rate ->
                        train
                            {
                                Rate = rate
                                Shift = Tensor.scalar 1.0
                            })
                    (Tensor.scalar 0.2)
                    "in the rate"

                gradientAgrees
                    1e-7
                    (fun shift ->
                        train
                            {
                                Rate = Tensor.scalar 0.2
                                Shift = shift
                            })
                    (Tensor.scalar 0.9)
                    "in the start")
        ]

let private combining =
    let once optimizer gradient =
        follow optimizer (Structure.zerosLike gradient) [ gradient ]

    let large = [ vector [ 3.0; 0.0 ]; vector [ -4.0 ] ]

    let numbers (p: Tensor<float> list) =
        p |> List.collect (Tensor.toArray >> List.ofArray)

    let same expected actual message =
        List.iter2 (fun e a -> near rounding e a message) expected actual

    testList
        "combining"
        [
            testCase "clipping" (fun () ->
                let after clip =
                    once (Optim.chain [ clip; Optim.sgd 1.0 ]) large |> numbers

                same [ -0.6; 0.0; 0.8 ] (after (Optim.clipByGlobalNorm 1.0)) "global norm"
                same [ -3.0; 0.0; 4.0 ] (after (Optim.clipByGlobalNorm 5.0)) "at the limit"
                same [ -1.0; 0.0; 1.0 ] (after (Optim.clipByNorm 1.0)) "norm"
                same [ -3.0; 0.0; 3.5 ] (after (Optim.clipByValue 3.5)) "value"
                near rounding 5.0 (value (Optim.globalNorm large)) "globalNorm"
                let zero = once (Optim.chain [ Optim.clipByGlobalNorm 1.0; Optim.sgd 1.0 ]) [ vector [ 0.0 ] ]
                same [ 0.0 ] (numbers zero) "a gradient of zero"

                // The norm of f16 numbers is past f16: 256 × 300 > 65504.
                let wide: Tensor<Half> = Tensor.full [ 65536 ] (Half.op_Explicit 300.0f)
                let cut = once (Optim.chain [ Optim.clipByGlobalNorm 256.0; Optim.sgd 1.0 ]) wide
                near 1e-3 -1.0 (float (value cut[0])) "a norm past its own dtype")

            testCase "decay of some leaves" (fun () ->
                let optimizer =
                    Optim.chain
                        [
                            Optim.weightDecay 0.5 |> Optim.only (fun path -> path = "[0]")
                            Optim.sgd 1.0
                        ]

                let p, _ = Optim.step optimizer (Structure.zerosLike large) large (Optim.init optimizer large)
                same [ 1.5; 0.0; -4.0 ] (numbers p) "the first only")

            testCase "frozen leaves" (fun () ->
                let optimizer = Optim.adamW 0.1 0.5 |> Optim.freeze (fun path -> path = "[1]")
                let p, state = Optim.step optimizer large large (Optim.init optimizer large)
                let after, mean = numbers p, numbers state.Memory["mean"]
                Expect.equal after[2] -4.0 "as it was"
                Expect.notEqual after[0] 3.0 "moved"
                Expect.equal mean[2] 0.0 "nothing remembered"
                Expect.notEqual mean[0] 0.0 "remembered")

            testCase "a large batch in small ones" (fun () ->
                let inner = Optim.adam 0.1
                let small = [ for g in gradients -> Tensor.scalar g ]

                let means =
                    small
                    |> List.chunkBySize 4
                    |> List.map (List.reduce (+) >> fun sum -> sum / 4.0)

                let expected = follow inner (Tensor.scalar 0.7) means
                holds rounding [] (Tensor.toArray expected) (follow (Optim.every 4 inner) (Tensor.scalar 0.7) small) "every fourth"
                let between = follow (Optim.every 4 inner) (Tensor.scalar 0.7) small[..2]
                holds 0.0 [] [ 0.7 ] between "not before")

            testCase "steps without a number are skipped" (fun () ->
                let inner = Optim.momentum 0.9 0.1
                let given = [ 1.0; nan; 2.0; infinity; -1.0 ] |> List.map Tensor.scalar
                let expected = follow inner (Tensor.scalar 0.0) ([ 1.0; 2.0; -1.0 ] |> List.map Tensor.scalar)
                holds rounding [] (Tensor.toArray expected) (follow (Optim.skipNonFinite inner) (Tensor.scalar 0.0) given) "finite ones")

            testCase "memories of one name in a chain are two" (fun () ->
                let optimizer = Optim.chain [ Optim.momentum 0.5 -1.0; Optim.momentum 0.25 1.0 ]
                Expect.sequenceEqual optimizer.Memory [ "velocity"; "velocity2" ] "names"
                let steps = List.replicate 2 (Tensor.scalar 1.0)
                // First velocities 1, 1.5; second 1, 1.75.
                holds rounding [] [ -2.75 ] (follow optimizer (Tensor.scalar 0.0) steps) "both")

            testCase "an average of models" (fun () ->
                let old, fresh = mixed, Structure.map Front.Tensors.OnesLike mixed
                let mean = Optim.average 0.75 old fresh
                holds rounding [ 2 ] [ 1.0; 1.75 ] mean.Wide "mean"
                Expect.sequenceEqual (Tensor.toArray mean.Table) [ 1; 1 ] "integers are the new model's")

            testCase "a rule of one's own" (fun () ->
                let heavy =
                    Optim.custom [ "count" ] (fun g _ memory step ->
                        let count = memory[0] + 1.0
                        struct (-g / count + 0.0 * Front.Tensors.Cast(step, g.DType), [| count |]))

                holds
                    rounding
                    []
                    [ -(1.0 + 0.5 + 1.0 / 3.0) ]
                    (follow heavy (Tensor.scalar 0.0) (List.replicate 3 (Tensor.scalar 1.0)))
                    "1/t")
        ]

let private errors =
    testList
        "errors"
        [
            testCase "the state of another optimizer" (fun () ->
                let p = vector [ 1.0 ]

                refuses<StructureException> [ "Optim.step"; "\"mean\""; "Optim.init" ] (fun () ->
                    Optim.step (Optim.adam 0.1) p p (Optim.init (Optim.sgd 0.1) p) |> ignore))

            testCase "the gradient of another model" (fun () ->
                let p, g = [ vector [ 1.0 ] ], [ vector [ 1.0; 2.0 ] ]
                let state = Optim.init (Optim.sgd 0.1) p

                refuses<StructureException> [ "gradient of [0]"; "f64[2]"; "f64[1]" ] (fun () ->
                    Optim.step (Optim.sgd 0.1) g p state |> ignore)

                refuses<StructureException> [ "1 element"; "2 elements" ] (fun () -> Optim.step (Optim.sgd 0.1) (g @ g) p state |> ignore))

            testCase "masks that choose nothing" (fun () ->
                let p = [ vector [ 1.0 ] ]

                let run (optimizer: Optimizer) () =
                    Optim.step optimizer p p (Optim.init optimizer p) |> ignore

                refuses<StructureException> [ "only"; "[0]" ] (run (Optim.sgd 0.1 |> Optim.only (fun _ -> false)))
                refuses<StructureException> [ "freeze"; "[0]" ] (run (Optim.sgd 0.1 |> Optim.freeze (fun _ -> false)))
                refuses<StructureException> [ "freeze"; "[0]" ] (run (Optim.sgd 0.1 |> Optim.freeze (fun _ -> true))))

            testCase "numbers that make no sense" (fun () ->
                refuses<DomainException> [ "clip_by_norm"; "-1" ] (fun () -> Optim.clipByNorm -1.0 |> ignore)
                refuses<DomainException> [ "every"; "0" ] (fun () -> Optim.every 0 (Optim.sgd 1.0) |> ignore)
                refuses<DomainException> [ "cosine"; "0" ] (fun () -> Schedule.cosine 0 |> ignore))

            testCase "a schedule of several numbers" (fun () ->
                refuses<ShapeException> [ "scheduled"; "f64[2]" ] (fun () ->
                    follow (Optim.sgd 1.0 |> Optim.scheduled (fun _ -> vector [ 1.0; 2.0 ])) (vector [ 1.0 ]) [ vector [ 1.0 ] ]
                    |> ignore))
        ]

[<Tests>]
let tests = testList "optim" [ structures; combining; errors ]
