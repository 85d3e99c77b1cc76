/// Loops and branches inside regions: what they cost, where they stop, what their errors say.
module Adjoint.Properties.Compile.RegionTests

open System
open System.Collections.Immutable
open System.Threading
open Expecto
open Adjoint.Compile
open Adjoint.Compile.Methods
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.RegionLaw

/// Loads and stores of one run of a block; of a loop whose length is not known, one step is counted.
let rec private accesses (block: LoopBlock) : int64 =
    block.Items
    |> Seq.sumBy (fun item ->
        match item with
        | :? LoopValue as value -> if value.Op = LoopOp.Load then 1L else 0L
        | :? StoreItem -> 1L
        | :? ForItem as loop when loop.Count.IsConstant -> loop.Count.Constant.AsLong * accesses loop.Body
        | :? ForItem as loop -> accesses loop.Body
        | :? WhileItem as loop -> accesses loop.Condition + accesses loop.Body
        | :? IfItem as branch -> accesses branch.Then + accesses branch.Else
        | :? RareItem as rare -> accesses rare.Block
        | _ -> 0L)

/// Loads and stores of a step of each serial loop that stands in no other.
let private steps (graph: Graph) =
    let program = RegionLowering.Lower(Pipeline.Unfused.Run graph, "region")

    [
        for phase in program.Phases do
            for item in phase.Body.Items do
                match item with
                | :? ForItem as loop when loop.Form = LoopForm.Serial -> accesses loop.Body
                | :? WhileItem as loop -> accesses loop.Condition + accesses loop.Body
                | _ -> ()
    ]

let private updates =
    testList
        "a step costs the same however long its array is"
        [
            for bodyName, body in Counting.bodies do
                for loopName, loop in Counting.loops do
                    for order, derive, _ in Counting.orders do
                        testCase $"{bodyName} in {loopName}, {order}" (fun () ->
                            let at length = steps (derive (body loop 16 length))
                            Expect.equal (at 5000) (at 50) "loads and stores of each loop's step")
            testCase "an update in one branch of a step" (fun () ->
                let at length =
                    let both = [ f64 [ length ]; i64 ]

                    let one =
                        graph both (fun v ->
                            [
                                Ops.DynamicUpdate(v[0], Ops.OnesLike(Ops.Reshape(Ops.Index(v[0], v[1]), Shape.Of 1)), [ v[1] ])
                            ])

                    let other = graph both (fun v -> [ v[0] ])

                    steps (
                        graph [ f64 [ length ]; f64 [] ] (fun x ->
                            Counting.loops.Head
                            |> snd
                            |> fun loop ->
                                loop
                                    8
                                    [ f64 [] ]
                                    [ f64 [ length ] ]
                                    (fun i v ->
                                        let positive = Ops.Greater(v[0], Ops.ZerosLike v[0])
                                        make (Cond(Body one, Body other)) [ positive; v[1]; i ])
                                    [ x[1]; x[0] ])
                    )

                Expect.equal (at 5000) (at 50) "loads and stores")
        ]

/// A loop whose counter never reaches its end.
let private endless =
    let types = [ f64 [] ]
    let condition = graph types (fun v -> [ Ops.Less(v[0], Ops.Like(v[0], 2.0)) ])
    let step = graph types (fun v -> [ Ops.Mul(v[0], Ops.Like(v[0], 0.5)) ])
    graph types (fun v -> make (While(Body condition, Body step, 0)) v)

let private origin = Origin("outer/inner", "/home/me/model.fs", 12)

/// A loop that checks its carry in each step, at a line of the user's.
let private checking =
    let step =
        graph [ i64; f64 [] ] (fun v ->
            let small = Ops.Less(v[1], Ops.Like(v[1], 10.0))
            let value = Node.Make(Check("too large"), ImmutableArray.Create(small, v[1]), origin).Result
            [ Ops.Add(value, value) ])

    graph [ f64 []; i64 ] (fun x -> make (Repeat(Body step, 0, false)) [ x[1]; x[0] ])

let private chosen (bad: Graph) =
    let good = graph [ f64 []; i64 ] (fun v -> [ v[0] ])

    graph [ truth; f64 []; i64 ] (fun x -> make (Cond(Body bad, Body good)) (List.ofSeq x))

let private message (run: unit -> HostValue[]) =
    try
        run () |> ignore
        "no error"
    with :? AdjointException as error ->
        error.Message

let private compiled (graph: Graph) (arguments: HostValue list) =
    inOne(graph).RunValues(arguments.ToImmutableArray())

let private plainly (graph: Graph) (arguments: HostValue list) =
    Interpreter.Run(graph, arguments.ToImmutableArray(), RunOptions(UseKernels = false))

let private ends =
    testList
        "ends"
        [
            testCase "an endless loop stops when it is cancelled" (fun () ->
                use source = new CancellationTokenSource(TimeSpan.FromMilliseconds 200.0)
                let options = RunOptions(Cancellation = source.Token)
                let executable = inOne endless

                Expect.throwsT<OperationCanceledException>
                    (fun () -> executable.RunValues(ImmutableArray.Create(number 1.0), options) |> ignore)
                    "cancelled")
            testCase "an error in a loop says operation, scope and line" (fun () ->
                let arguments = [ number 1.0; whole 9 ]
                let said = message (fun () -> compiled checking arguments)
                Expect.equal said (message (fun () -> plainly checking arguments)) "as plain evaluation says it"
                Expect.stringContains said "outer/inner, model.fs:12" "where")
            testCase "a loop of no steps gives its start" (fun () ->
                for steps in [ 0; -3 ] do
                    let y = (compiled checking [ number 100.0; whole steps ])[0]
                    Expect.equal (floats y) [ 100.0 ] "the start")
            testCase "a branch that is not taken does not fail" (fun () ->
                let fails =
                    graph [ f64 []; i64 ] (fun v ->
                        let never = Ops.Greater(v[0], Ops.Like(v[0], infinity))
                        let quotient = Ops.Convert(Ops.Div(Ops.Index 1L, v[1]), DType.F64)
                        [ Ops.Add(Ops.Check("taken", never, v[0]), quotient) ])

                let y = (compiled (chosen fails) [ flag false; number 3.0; whole 0 ])[0]
                Expect.equal (floats y) [ 3.0 ] "the other branch"

                Expect.stringContains
                    (message (fun () -> compiled (chosen fails) [ flag true; number 3.0; whole 1 ]))
                    "check: taken"
                    "it fails where it is taken")
            testCase "a branch that is not taken does not run" (fun () ->
                let runsForever = graph [ f64 []; i64 ] (fun v -> List.ofSeq (Substitution.Inline(endless, [| v[0] |])))
                let y = (compiled (chosen runsForever) [ flag false; number 1.0; whole 0 ])[0]
                Expect.equal (floats y) [ 1.0 ] "the other branch")
            testCase "an integer divided by zero in a loop is an error" (fun () ->
                let step = graph [ i64; i64 ] (fun v -> [ Ops.Div(v[1], Ops.Sub(v[0], Ops.Index 3L)) ])
                let loop = graph [ i64; i64 ] (fun x -> make (Repeat(Body step, 0, false)) [ x[0]; x[1] ])
                Expect.equal (message (fun () -> compiled loop [ whole 3; whole 7 ])) "no error" "three steps"
                Expect.stringContains (message (fun () -> compiled loop [ whole 4; whole 7 ])) "division by zero" "four steps")
        ]

/// Newton's method for a square root in each lane, until it settles: lanes take different numbers of steps.
let private roots lanes =
    let types = [ f64 []; f64 []; f64 [] ]
    let far (v: Value list) = Ops.Abs(Ops.Sub(v[1], v[2]))

    let condition = graph types (fun v -> [ Ops.Greater(far v, Ops.Like(v[1], 1e-9)) ])

    let step =
        graph types (fun v -> [ Ops.Mul(Ops.Add(v[1], Ops.Div(v[0], v[1])), Ops.Like(v[1], 0.5)); v[1] ])

    let lane =
        graph [ f64 []; f64 [] ] (fun v ->
            let ends = make (While(Body condition, Body step, 1)) [ v[1]; v[1]; Ops.Like(v[1], 0.0) ]
            [ Ops.Mul(v[0], ends[0]) ])

    graph [ f64 []; f64 [ lanes ] ] (fun x -> make (Scan(Body lane, 1, 0, lanes, false)) x)

let private lanes =
    testList
        "lanes that loop"
        [
            for count in [ 63; 64; 65; 200 ] do
                testCase $"{count} of them, side by side" (fun () ->
                    let graph = roots count
                    let arguments = [ number 2.0; vector [ for i in 1..count -> float i / 7.0 ] ]
                    let expected = plainly graph arguments
                    let ready = inRegions graph

                    for threads in [ 1; 2; 4 ] do
                        use pool = WorkerPool.Create threads

                        let found = ready.RunValues(arguments.ToImmutableArray(), RunOptions(Parallel = pool))

                        Expect.equal (floats found[0]) (floats expected[0]) $"{threads} threads")
            testCase "many are cut into tiles" (fun () ->
                let tiles count =
                    RegionLowering.Lower(roots count, "lanes").Phases[0].Tiles

                Expect.equal [ tiles 63; tiles 64; tiles 1000 ] [ 1L; 64L; 63L ] "tiles")
        ]

[<Tests>]
let tests = testList "regions" [ updates; ends; lanes ]
