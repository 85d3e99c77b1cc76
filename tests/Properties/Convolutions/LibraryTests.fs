/// Convolutions with channels last and their gradients by a library, against the managed kernel in f64: groups, dilation, 1 to 3 axes, edges.
module Adjoint.Properties.Convolutions.LibraryTests

open System
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Kernels.Libraries

type private Case =
    {
        Input: int list
        Filter: int list
        Strides: int[]
        Dilation: int[]
        Around: Padding
        Groups: int
    }

    member this.Apply(x: Expr, f: Expr) =
        Nn.Conv(x, f, null, this.Strides, this.Around, this.Dilation, this.Groups)

/// Most are large enough for a library; one in three goes by channel.
let private case (random: Random) =
    let between low high = random.Next(low, high + 1)
    let axes = if random.Next 3 = 0 then between 1 3 else 2
    let each (draw: unit -> int) = Array.init axes (fun _ -> draw ())
    let isDeep = random.Next 3 = 0

    let groups =
        if isDeep then between 8 40
        elif random.Next 4 = 0 then 2
        else 1

    let channels () =
        if isDeep then 1
        elif groups = 2 then between 8 20
        else between 1 24

    let inputs, outputs = channels (), channels ()
    let window, dilation = each (fun () -> between 1 3), each (fun () -> 1 + random.Next 3 / 2)

    let around =
        Array.init axes (fun i ->
            let most = (window[i] - 1) * dilation[i]
            struct (between 0 most, between 0 most))

    let extents =
        each (fun () ->
            match axes with
            | 1 -> between 60 200
            | 2 -> between 8 16
            | _ -> between 5 7)

    {
        Input = between 1 6 :: groups * inputs :: List.ofArray extents
        Filter = groups * outputs :: inputs :: List.ofArray window
        Strides = each (fun () -> between 1 2)
        Dilation = dilation
        Around = Padding.Of around
        Groups = groups
    }

let private shape (extents: int list) = Shape.Of(List.toArray extents)

/// What a convolution gives and its two gradients, in a dtype.
let private graph (case: Case) (kind: DType) =
    let types = [ TensorType(kind, shape case.Input); TensorType(kind, shape case.Filter) ]

    GraphBuilder.Build(
        types,
        fun leaves ->
            let weighted =
                Func<Expr[], Expr>(fun leaves ->
                    let y = case.Apply(leaves[0], leaves[1])

                    (y
                     * (Tensors.Arange(kind, 0.0, float y.Size, 1.0).Reshape(y.Shape) * 0.001).Sin())
                        .Sum())

            Array.append [| case.Apply(leaves[0], leaves[1]) |] ((Differential.Grad weighted).Invoke leaves)
    )

let private run (case: Case) (kind: DType) isLast (runner: IParallel) (arrays: float[][]) =
    let made = graph case kind

    let laid =
        if isLast then
            LayOutConvolutions.Apply(made, fun _ -> true)
        else
            made

    let arguments =
        Seq.zip made.Parameters arrays
        |> Seq.map (fun (parameter, numbers) ->
            let extents = parameter.Tensor.Shape

            if kind = DType.F64 then
                NDArray.Of<float>(extents, ReadOnlySpan numbers)
            else
                NDArray.Of<float32>(extents, ReadOnlySpan(Array.map float32 numbers)))
        |> Seq.toArray

    Executable.Compile(laid, Pipeline [||]).Run(arguments, RunOptions(Parallel = runner))

let private drawn (random: Random) (case: Case) =
    [| case.Input; case.Filter |]
    |> Array.map (fun extents -> Array.init (shape extents).Size (fun _ -> float (float32 (random.NextDouble() - 0.5))))

[<Tests>]
let tests =
    testList
        "convolutions of libraries"
        [
            testCase "agree with f64, forward and both gradients, and give the same bits on two threads" (fun () ->
                let random = Random 5

                for _ in 1..20 do
                    let case = case random
                    let arrays = drawn random case
                    let exact = run case DType.F64 false Serial.Instance arrays
                    let found = run case DType.F32 true Serial.Instance arrays
                    let again = run case DType.F32 true WorkerPool.Shared arrays

                    for x, y, z in Array.zip3 exact found again do
                        let size = x.ToDoubles() |> Array.fold (fun most x -> max most (abs x)) 1.0
                        let apart = Array.map2 (fun a b -> abs (a - b)) (x.ToDoubles()) (y.ToDoubles()) |> Array.max

                        // Sums of up to some ten thousand terms, whose rounding errors are of both signs.
                        Expect.isLessThan apart (1e-4 * size) $"{case}"
                        Expect.isTrue (y.Span<float32>().SequenceEqual(z.Span<float32>())) $"bits of {case}")

            testCase "NaN and infinities come through where a window meets them, and nowhere else" (fun () ->
                let random = Random 6
                let kind (x: float) = Double.IsNaN x, Double.IsInfinity x

                for _ in 1..10 do
                    let case = case random
                    let arrays = drawn random case |> Array.map (Array.map (fun x -> abs x + 0.25))
                    arrays[0][0] <- Double.NaN
                    arrays[0][arrays[0].Length - 1] <- Double.PositiveInfinity
                    let exact = run case DType.F64 false Serial.Instance arrays
                    let found = run case DType.F32 true Serial.Instance arrays
                    Expect.equal (found[0].ToDoubles() |> Array.map kind) (exact[0].ToDoubles() |> Array.map kind) $"{case}")

            testCase "plans go with their kernels" (fun () ->
                let make () =
                    let axis = WindowAxis(16, 3, 1, 1, 1, 1, 1)
                    let geometry = ConvolutionGeometry.Create(8, 16, 16, 1, ReadOnlySpan [| axis; axis |])
                    let shape = NativeConvolution.Of(&geometry, ConvolutionLayout.Dense &geometry, ConvolutionRoles())
                    let value = shape.Value
                    WeakReference(Convolutions.Of(Providers.Default, &value))

                let before = Environment.WorkingSet

                for _ in 1..20 do
                    let made = List.init 50 (fun _ -> make ())
                    GC.Collect()
                    GC.WaitForPendingFinalizers()
                    GC.Collect()
                    Expect.isLessThan (made |> List.filter (fun one -> one.IsAlive) |> List.length) 2 "let go"

                Expect.isLessThan (Environment.WorkingSet - before) 200_000_000L "a thousand plans, each of some hundred kB, are released")

            testCase "many calls of one plan keep memory flat" (fun () ->
                let case =
                    {
                        Input = [ 4; 16; 16; 16 ]
                        Filter = [ 16; 16; 3; 3 ]
                        Strides = [| 1; 1 |]
                        Dilation = [| 1; 1 |]
                        Around = Padding.Both(1, 2)
                        Groups = 1
                    }

                let made = LayOutConvolutions.Apply(graph case DType.F32, fun _ -> true)
                let executable = Executable.Compile made

                let arguments =
                    drawn (Random 7) case
                    |> Array.zip [| case.Input; case.Filter |]
                    |> Array.map (fun (extents, numbers) -> NDArray.Of<float32>(shape extents, ReadOnlySpan(Array.map float32 numbers)))

                let repeat count =
                    for _ in 1..count do
                        executable.Run(arguments, RunOptions(Parallel = Serial.Instance)) |> ignore

                repeat 200
                let before = Environment.WorkingSet
                repeat 1000
                Expect.isLessThan (Environment.WorkingSet - before) 100_000_000L "nothing is kept from call to call")

            testCase "the mean of one image's channels goes on into a product" (fun () ->
                let types =
                    [
                        TensorType(DType.F32, Shape.Of(1, 512, 7, 7))
                        TensorType(DType.F32, Shape.Of(512, 10))
                    ]

                let made = GraphBuilder.Build(types, fun leaves -> [| Nn.GlobalAvgPool(leaves[0]).MatMul(leaves[1]) |])
                let random = Random 8

                let arguments =
                    [|
                        for kind in types ->
                            NDArray.Of<float32>(
                                kind.Shape,
                                ReadOnlySpan(Array.init kind.Shape.Size (fun _ -> float32 (random.Next(-4, 5))))
                            )
                    |]

                let found, plain =
                    Executable.Compile(made).Run arguments, Executable.Compile(made, Pipeline [||]).Run arguments

                for a, b in Array.zip (found[0].ToDoubles()) (plain[0].ToDoubles()) do
                    Expect.isLessThan (abs (a - b)) (1e-5 * (1.0 + abs b)) "512 terms in another order")
        ]
