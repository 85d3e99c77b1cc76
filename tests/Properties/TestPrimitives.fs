/// Primitives made for tests of the interpreter: what they do is a function, and kernels can be watched.
module Adjoint.Properties.TestPrimitives

open System
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Loops
open Adjoint.Primitives

/// A kernel that is a function of operands, result and runner.
type TestKernel(overwrites: bool, run: NDArray[] -> NDArray -> IParallel -> unit) =
    inherit SingleKernel()
    override _.MayOverwrite(_: int) = overwrites

    override _.Run(operands: ReadOnlySpan<NDArray>, result: NDArray, tiles: IParallel) = run (operands.ToArray()) result tiles

/// A primitive with results of its first operand's type. Equal only to itself, so no pass merges it.
type TestPrimitive(name: string, results: int, kernel: Kernel | null, evaluate: Held[] -> EvaluationContext -> Held[]) =
    inherit Primitive()
    override _.Name = name
    override _.Attributes = ImmutableArray<NamedAttribute>.Empty

    override _.Infer types =
        ImmutableArray.CreateRange(Seq.replicate results types[0])

    override _.Lower _ = kernel

    override _.Evaluate(operands, context) = evaluate (operands.ToArray()) context

    override _.Jvp(_, _, _) =
        invalidOp "not differentiated in these tests"

    override _.Batch(_, _, _, _) = invalidOp "not batched in these tests"
    override this.``<Clone>$``() = this :> Primitive

    override this.Equals(other: Primitive) = Object.ReferenceEquals(this, other)

    override this.Equals(other: obj) = Object.ReferenceEquals(this, other)

    override this.GetHashCode() =
        Runtime.CompilerServices.RuntimeHelpers.GetHashCode this

let nodeOf (primitive: Primitive) (operands: Value list) =
    Node.Make(primitive, ImmutableArray.CreateRange operands)

let apply primitive operands = (nodeOf primitive operands).Result

/// The elements of an array wherever it lies, to be read and written.
let elements (array: NDArray) : Collections.Generic.IList<float> =
    ArraySegment(array.Memory<float>(), array.Start, array.Size)

let private mapped f (arrays: NDArray[]) (result: NDArray) (_: IParallel) =
    let target = elements result

    for i in 0 .. target.Count - 1 do
        target[i] <- f [| for array in arrays -> (elements array)[i] |]

/// A function of elements, plainly and as a kernel.
let elementwise name overwrites (f: float[] -> float) =
    let run = mapped f

    TestPrimitive(
        name,
        1,
        TestKernel(overwrites, run),
        fun operands _ ->
            let result = NDArray.New(DType.F64, operands[0].Array.Shape)
            run [| for operand in operands -> operand.Array |] result Serial.Instance
            [| Held.New result |]
    )

/// x + y by a kernel that may overwrite either.
let kernelAdd = elementwise "kernel_add" true (fun x -> x[0] + x[1])

/// 1 − x/2 by a kernel that may overwrite x.
let kernelFlip = elementwise "kernel_flip" true (fun x -> 1.0 - 0.5 * x[0])

/// x + 2y by a kernel that needs memory of its own.
let kernelApart = elementwise "kernel_apart" false (fun x -> x[0] + 2.0 * x[1])

/// x + y and x − y by one kernel with two results, which may overwrite either operand with either.
let kernelBoth =
    let both (x: NDArray) (y: NDArray) (sum: NDArray) (difference: NDArray) =
        let x, y, sum, difference = elements x, elements y, elements sum, elements difference

        for i in 0 .. x.Count - 1 do
            let a, b = x[i], y[i]
            sum[i] <- a + b
            difference[i] <- a - b

    let kernel =
        { new Kernel() with
            override _.Run(operands, results, _) =
                both operands[0] operands[1] results[0] results[1]

            override _.MayOverwrite(_, _) = true
        }

    TestPrimitive(
        "kernel_both",
        2,
        kernel,
        fun operands _ ->
            let x, y = operands[0].Array, operands[1].Array
            let results = [| for _ in 1..2 -> NDArray.New(DType.F64, x.Shape) |]
            both x y results[0] results[1]
            [| for result in results -> Held.New result |]
    )

let private bumped (array: NDArray) =
    let data = array.Data<float>()

    for i in 0 .. data.Length - 1 do
        data[i] <- data[i] + 1.0

    Held.New array

/// x + 1, in place where x is owned.
let bump = TestPrimitive("bump", 1, null, (fun operands _ -> [| bumped (operands[0].Writable()) |]))

/// x, sharing its memory and always claiming to own it.
let share =
    TestPrimitive("share", 1, null, (fun operands _ -> [| Held.New(operands[0].Array.Reshaped operands[0].Array.Shape) |]))

/// x itself, as it was given.
let same = TestPrimitive("same", 1, null, (fun operands _ -> operands))

/// x itself, and x + 1 beside it.
let twins =
    TestPrimitive("twins", 2, null, (fun operands _ -> [| operands[0]; bumped (operands[0].Array.Copy()) |]))

/// Evaluates node by node and copies every value each time, so that nothing can share memory.
type CopyingContext() =
    inherit EvaluationContext()

    static member private Copy(value: HostValue) : HostValue =
        match value with
        | :? NDArray as array -> array.Copy()
        | stack ->
            let stack = (stack :?> HostStack).Copy()

            for i in 0 .. stack.Count - 1 do
                stack.Put(
                    i,
                    (if isNull stack[i] then
                         null
                     else
                         CopyingContext.Copy stack[i])
                )

            stack

    override _.Parallel = Serial.Instance
    override _.Cancellation = Threading.CancellationToken.None
    override _.Report _ = ()
    override _.CountElements _ = ()

    override this.Run(body, arguments) =
        let values = Collections.Generic.Dictionary<Value, HostValue>(HashIdentity.Reference)

        let taken (value: Value) =
            Held(CopyingContext.Copy values[value], false)

        for parameter, argument in Seq.zip body.Parameters (arguments.ToArray()) do
            values[parameter] <- CopyingContext.Copy argument.Value

        for node in body.Nodes do
            let operands = [| for operand in node.Operands -> taken operand |]
            let results = node.Primitive.Evaluate(ReadOnlySpan operands, this)

            for result, held in Seq.zip node.Results results do
                values[result] <- CopyingContext.Copy held.Value

        [| for result in body.Results -> taken result |]
