/// Reading and updating one element of an array in a loop costs O(1), forward and backward and to second order: the work of
/// one more step does not depend on how long the array is.
module Adjoint.Properties.Counting

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Building

/// Runs a step (i, constants, carry) → carry for i = 0, 1 … steps − 1.
type internal Loop = int -> ValueType list -> ValueType list -> (Value -> Value list -> Value list) -> Value list -> Value list

let private parts (constants: ValueType list) (values: Value list) = List.splitAt constants.Length values

let private byRepeat: Loop =
    fun steps constants carry body operands ->
        let step = graph (i64 :: constants @ carry) (fun v -> body v.Head v.Tail)
        make (Repeat(step, constants.Length, false)) (Ops.Index(int64 steps) :: operands)

let private byScan: Loop =
    fun steps constants carry body operands ->
        let step =
            graph (constants @ carry @ [ i64 ]) (fun v ->
                let values, i = List.splitAt (constants.Length + carry.Length) v
                body i.Head values)

        let indices = Ops.Iota(DType.I64, Shape.Of steps, 0)
        make (Scan(step, constants.Length, carry.Length, steps, false)) (operands @ [ indices ])

let private byWhile: Loop =
    fun steps constants carry body operands ->
        let types = constants @ [ i64 ] @ carry

        let split (values: Value list) =
            let fixedOnes, rest = parts constants values
            rest.Head, fixedOnes @ rest.Tail

        let condition = graph types (fun v -> [ Ops.Less(fst (split v), Ops.Index(int64 steps)) ])

        let step =
            graph types (fun v ->
                let i, values = split v
                Ops.Add(i, Ops.Index 1L) :: body i values)

        let fixedOnes, start = parts constants operands
        (make (While(condition, step, constants.Length)) (fixedOnes @ Ops.Index 0L :: start)).Tail

let internal loops = [ "repeat", byRepeat; "scan", byScan; "while", byWhile ]

/// acc ← acc + acc sin x[i].
let internal reading (loop: Loop) steps length =
    graph [ f64 [ length ] ] (fun x ->
        let body i (v: Value list) =
            [ Ops.Add(v[1], Ops.Mul(v[1], Ops.Sin(Ops.Index(v[0], i)))) ]

        loop steps [ f64 [ length ] ] [ f64 [] ] body [ x[0]; Ops.Constant(Scalar.Of(DType.F64, 0.5)) ])

/// x[i + 1] ← x[i + 1] sin x[i], in place; the last element written is the result.
let internal updating (loop: Loop) steps length =
    graph [ f64 [ length ] ] (fun x ->
        let body i (v: Value list) =
            let next = Ops.Add(i, Ops.Index 1L)
            let value = Ops.Mul(Ops.Index(v[0], next), Ops.Sin(Ops.Index(v[0], i)))
            [ Ops.DynamicUpdate(v[0], Ops.Reshape(value, Shape.Of 1), [ next ]) ]

        let after = loop steps [] [ f64 [ length ] ] body [ x[0] ]
        [ Ops.Index(after[0], Ops.Index(int64 steps)) ])

/// x[i] gains the carry's sine, and the carry x[i].
let internal adding (loop: Loop) steps length =
    graph [ f64 [ length ] ] (fun x ->
        let body i (v: Value list) =
            let read = Ops.Index(v[0], i)
            let gain = Ops.Reshape(Ops.Sin v[1], Shape.Of 1)
            [ Ops.DynamicAdd(v[0], gain, [ i ]); Ops.Add(v[1], Ops.Square read) ]

        let start = Ops.Constant(Scalar.Of(DType.F64, 0.5))
        let after = loop steps [] [ f64 [ length ]; f64 [] ] body [ x[0]; start ]
        [ Ops.Add(after[1], Ops.Index(after[0], Ops.Index 0L)) ])

let internal bodies = [ "reading", reading; "updating", updating; "adding", adding ]

let private line length scale : HostValue =
    vector (List.init length (fun i -> scale * (0.5 + 0.25 * float (i % 7))))

/// A derivative of a function of an array to a number, and its arguments.
let internal orders: (string * (Graph -> Graph) * (int -> HostValue list)) list =
    let x length = line length 1.0
    let dx length = line length -0.3
    let first = mask [ true; false ]

    [
        "value", id, (fun n -> [ x n ])
        "forward", (fun f -> slope f (all 1)), (fun n -> [ x n; dx n ])
        "reverse", (fun f -> pullback f (all 1)), (fun n -> [ x n; number 1.0 ])
        "forward of reverse", (fun f -> slope (pullback f (all 1)) first), (fun n -> [ x n; number 1.0; dx n ])
        "reverse of forward", (fun f -> pullback (slope f (all 1)) first), (fun n -> [ x n; dx n; number 1.0 ])
        "reverse of reverse", (fun f -> pullback (pullback f (all 1)) first), (fun n -> [ x n; number 1.0; dx n ])
    ]

/// Elements that a run touches, and bytes that it allocates once everything is warm.
let private cost graph arguments =
    let measure () =
        let counter = ElementCounter()
        let before = GC.GetAllocatedBytesForCurrentThread()
        let options = RunOptions(Parallel = Serial.Instance, CountElements = counter)

        Interpreter.Run(graph, ImmutableArray.CreateRange<HostValue>(arguments: HostValue list), options)
        |> ignore

        counter.Total, GC.GetAllocatedBytesForCurrentThread() - before

    measure () |> ignore
    measure ()

[<Literal>]
let private Steps = 16

let private short, long = 100, 20_000

let private expectConstant body loop derive arguments =
    let at steps length =
        cost (derive (body loop steps length)) (arguments length)

    /// What as many steps again take.
    let more steps length =
        let elements, bytes = at steps length
        let elements2, bytes2 = at (steps + Steps) length
        elements2 - elements, bytes2 - bytes

    let elements, _ = more Steps short
    let later, _ = more (2 * Steps) short
    let elementsLong, bytesLong = more Steps long
    Expect.equal elementsLong elements "elements for more steps, whether the array is long or short"
    Expect.equal later elements "elements for still more steps"
    Expect.isLessThan elements (int64 Steps * 200L) "elements of a step"
    // A copy of the long array at each step would be 160 kB a step.
    Expect.isLessThan bytesLong (int64 Steps * 16_000L) "bytes of a step"

[<Tests>]
let tests =
    testList
        "counting"
        [
            for bodyName, body in bodies do
                for loopName, loop in loops do
                    testList
                        $"{bodyName} in {loopName}"
                        [
                            for order, derive, arguments in orders do
                                testCase order (fun () -> expectConstant body loop derive arguments)
                        ]
        ]
