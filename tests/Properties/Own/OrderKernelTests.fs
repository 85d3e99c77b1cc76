/// Sorts and largest elements as kernels against their plain evaluation, and sorts of words by each provider.
module Adjoint.Properties.OrderKernelTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Kernels.Libraries
open Adjoint.Properties.Laws

let private lengths = [ 0; 1; 2; 3; 15; 16; 17; 64; 127; 383; 384; 1000; 5000 ]

/// Every sort by managed kernels, and every sort by our own.
let private sorters =
    lazy
        (let all =
            String.concat
                "\n"
                [
                    for line in [ "sort u32"; "sort u64"; "sort_placed u32"; "sort_placed u64" ] -> $"{line} 0 highway"
                ]

         [
             "managed", WordSort(Providers.Of(KernelLibrary.Find("off", null), ProviderTable.BuiltIn))
             if not (isNull Providers.Default.Simd) then
                 "highway", WordSort(Providers.Of(KernelLibrary.Default, ProviderTable.Parse all))
         ])

let private words (random: Random) different length =
    Array.init length (fun _ ->
        if different = 0 then
            uint64 (random.NextInt64()) * 3UL
        else
            UInt64.MaxValue - uint64 (random.Next different))

let private eachCase check =
    let random = Random 5

    for name, sorter: WordSort in sorters.Value do
        for length in lengths do
            for different in [ 0; 1; 2; 300 ] do
                check sorter $"{name} {length} of {different}" (words random different length)

/// Numbers with ties, both zeros, infinities and NaN of both signs.
let private numbers (random: Random) (dtype: DType) (shape: Shape) =
    let edges = [| 0.0; -0.0; nan; -nan; infinity; -infinity; 1.0; -1.0 |]
    let range = 1 <<< random.Next 20

    let real () =
        if random.Next 3 = 0 then
            edges[random.Next edges.Length]
        else
            float (random.Next(-range, range)) / 8.0

    let made (one: unit -> 'T) =
        NDArray.Of(shape, ReadOnlySpan(Array.init shape.Size (fun _ -> one ())))

    match dtype with
    | DType.F32 -> made (fun () -> float32 (real ()))
    | DType.F64 -> made real
    | DType.I32 -> made (fun () -> random.Next(-range, range) * (if range > 1000 then 4096 else 1))
    | DType.I64 ->
        made (fun () ->
            random.NextInt64(int64 -range, int64 range)
            * (if range > 1000 then 1L <<< 40 else 1L))
    | DType.U32 -> made (fun () -> UInt32.MaxValue - uint32 (random.Next range))
    | DType.U64 -> made (fun () -> UInt64.MaxValue - uint64 (random.NextInt64(int64 range)))
    | DType.Bool -> made (fun () -> random.Next 2 = 0)
    | _ -> failwith $"{dtype}"

/// Whether a graph compiled gives what its nodes give when they are evaluated plainly.
let private agrees what (inputs: NDArray list) (f: Expr[] -> Expr[]) =
    let graph = GraphBuilder.Build(inputs |> Seq.map (fun input -> TensorType.Of input), Func<_, _> f)

    let given: HostValue[] = [| for input in inputs -> input :> HostValue |]
    let expected = Interpreter.Run(graph, given, null) |> List.ofSeq

    let found =
        Executable.Compile(graph).Run(Array.ofList inputs)
        |> Seq.cast<HostValue>
        |> List.ofSeq

    Expect.isTrue (List.forall2 Values.sameBits expected found) $"{what}: the same bits"

let private dtypes = [ DType.F32; DType.F64; DType.I32; DType.I64; DType.U32; DType.U64 ]

let private shapes: (int list * int) list =
    [
        [ 0 ], 0
        [ 1 ], 0
        [ 5000 ], 0
        [ 3; 0 ], 0
        [ 0; 3 ], 1
        [ 40; 300 ], 1
        [ 300; 40 ], 0
        [ 5; 200; 7 ], 1
    ]

[<Tests>]
let tests =
    testList
        "order kernels"
        [
            testCase "words of 32 bits are sorted" (fun () ->
                eachCase (fun sorter what all ->
                    let found = all |> Array.map uint32
                    sorter.Sort(Span found, Span(Array.zeroCreate<uint32> found.Length))
                    Expect.sequenceEqual found (all |> Array.map uint32 |> Array.sort) what))

            testCase "words of 64 bits are sorted" (fun () ->
                eachCase (fun sorter what all ->
                    let found = Array.copy all
                    sorter.Sort(Span found, Span(Array.zeroCreate<uint64> found.Length))
                    Expect.sequenceEqual found (Array.sort all) what))

            testCase "keys of 32 bits with their places are sorted" (fun () ->
                eachCase (fun sorter what all ->
                    let found = all |> Array.mapi (fun i word -> (word <<< 32) ||| uint64 i)
                    let expected = Array.sort found
                    sorter.SortPlaced(Span found, Span(Array.zeroCreate<uint64> found.Length))
                    Expect.sequenceEqual found expected what))

            testCase "keys of 64 bits with their places are sorted" (fun () ->
                eachCase (fun sorter what all ->
                    let found = all |> Array.mapi (fun i word -> PlacedKey(uint64 i, word))
                    let expected = Array.copy found
                    Array.Sort expected
                    sorter.SortPlaced(Span found, Span(Array.zeroCreate<PlacedKey> found.Length))
                    Expect.sequenceEqual found expected what))

            testCase "sorts are stable, with NaN last, alone and with payload" (fun () ->
                let random = Random 6

                for dtype in dtypes do
                    for sizes, axis in shapes do
                        for descending in [ false; true ] do
                            let shape = Shape.Of(Array.ofList sizes)
                            let keys = numbers random dtype shape
                            let what = $"{dtype} {shape} along {axis}, descending {descending}"
                            agrees what [ keys ] (fun x -> [| x[0].Sort(axis, descending) |])
                            agrees $"{what}, places" [ keys ] (fun x -> [| x[0].ArgSort(axis, descending) |])
                            let payload = [ numbers random DType.F64 shape; numbers random DType.Bool shape ]
                            agrees $"{what}, payload" (keys :: payload) (fun x -> Tensors.Sort(x, axis, descending)))

            testCase "the largest are those of the stable order, NaN first" (fun () ->
                let random = Random 7

                for dtype in dtypes do
                    for sizes, k in
                        [
                            [ 1 ], 1
                            [ 5000 ], 3
                            [ 40; 300 ], 1
                            [ 40; 300 ], 20
                            [ 40; 300 ], 300
                            [ 3; 4; 400 ], 50
                            [ 7; 200 ], 0
                        ] do
                        let x = numbers random dtype (Shape.Of(Array.ofList sizes))

                        agrees $"{dtype} {x.Shape}, {k}" [ x ] (fun x ->
                            let struct (values, places) = Tensors.TopK(x[0], k)
                            [| values; places |]))

            testCase "the largest of a rising line are found too" (fun () ->
                let rising = NDArray.Of(Shape.Of(3000), ReadOnlySpan(Array.init 3000 float32))

                agrees "rising" [ rising ] (fun x ->
                    let struct (values, places) = Tensors.TopK(x[0], 7)
                    [| values; places |]))
        ]
