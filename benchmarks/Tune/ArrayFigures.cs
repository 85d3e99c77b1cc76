using System.Globalization;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Adjoint.Kernels;

namespace Adjoint.Tune;

/// <summary>Gathers, scatters, orders, permutations and random numbers through the runtime on one thread, beside a copy of as many bytes.</summary>
internal static class ArrayFigures
{
    private const int Rounds = 15;
    private const int Size = 1 << 20;

    internal static void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| operation | ns an element | copy of its bytes | ratio |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        var random = new Random(1);
        NDArray Real(params int[] shape) => Array(shape, () => random.NextSingle() - 0.5f);
        NDArray Wide(params int[] shape) => Array(shape, () => random.NextDouble() - 0.5);
        NDArray Below(long bound, params int[] shape) => Array(shape, () => random.NextInt64(bound));
        NDArray key = Array([2], () => (uint)random.Next());
        NDArray table = Array([1 << 16], random.NextSingle);
        System.Array.Sort(table.Memory<float>());

        Row("gather, elements of 2^16", [Real(1 << 16), Below(1 << 16, Size)], x => [x[0].Take(x[1])]);
        Row("gather, rows of 64", [Real(1 << 14, 64), Below(1 << 14, 1 << 14)], x => [x[0].Take(x[1])]);
        Row("scatter add, elements to 2^16", [Real(1 << 16), Below(1 << 16, Size), Real(Size)], x => [x[0].ScatterAdd(x[1], x[2])]);
        Row("segment sum, rows of 64 to 1024", [Real(1 << 14, 64), Below(1024, 1 << 14)], x => [x[0].SegmentSum(x[1], 1024)]);
        Row("segment max, rows of 64 to 1024", [Real(1 << 14, 64), Below(1024, 1 << 14)], x => [x[0].SegmentMax(x[1], 1024)]);
        Row("searchSorted in 2^16", [table, Real(Size)], x => [x[0].SearchSorted(x[1])]);
        Row("sort f32", [Real(Size)], x => [x[0].Sort()]);
        Row("sort f64", [Wide(Size)], x => [x[0].Sort()]);
        Row("argsort f32", [Real(Size)], x => [x[0].ArgSort()]);
        Row("argsort f64", [Wide(Size)], x => [x[0].ArgSort()]);
        Row("sort f32, rows of 1024", [Real(1024, 1024)], x => [x[0].Sort()]);
        Row("topK, 10 of rows of 1024", [Real(1024, 1024)], x => Two(Tensors.TopK(x[0], 10)));
        Row("permute, 1024 x 1024 f32", [Real(1024, 1024)], x => [x[0].Permute(1, 0)]);
        Row("permute, 1024 x 1024 f64", [Wide(1024, 1024)], x => [x[0].Permute(1, 0)]);
        Row("permute, images to channels last", [Real(16, 64, 32, 32)], x => [x[0].Permute(0, 2, 3, 1)]);
        Row("random bits", [key], x => [Rng.Bits(x[0], Shape.Of(Size))]);
        Row("uniform f32", [key], x => [Rng.Uniform(x[0], Shape.Of(Size))]);
        Row("normal f32", [key], x => [Rng.Normal(x[0], Shape.Of(Size))]);
        Row("normal f64", [key], x => [Rng.Normal(x[0], Shape.Of(Size), DType.F64)]);
    }

    private static Expr[] Two((Expr First, Expr Second) pair) => [pair.First, pair.Second];

    private static NDArray Array<T>(int[] shape, Func<T> number)
        where T : unmanaged
    {
        Shape made = Shape.Of(shape);
        return NDArray.Own(made, [.. Enumerable.Range(0, made.Size).Select(_ => number())]);
    }

    private static void Row(string name, NDArray[] inputs, Func<Expr[], Expr[]> function)
    {
        Graph graph = GraphBuilder.Build(inputs.Select(TensorType.Of), function);
        var executable = Executable.Compile(graph);
        NDArray[] results = executable.Run(inputs);
        var options = new RunOptions { Parallel = Serial.Instance };
        long read = inputs.Sum(Bytes), written = results.Sum(Bytes);
        byte[] from = new byte[(read + written) / 2], to = new byte[from.Length];
        double[] seconds = Clock.Alone(Rounds, () => executable.Run(inputs, results, options), () => from.CopyTo(to, 0));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {seconds[0] / Size * 1e9:F2} | {seconds[1] / Size * 1e9:F2} | {seconds[0] / seconds[1]:F1} |"));
    }

    private static long Bytes(NDArray array) => (long)array.Size * array.Type.Size();
}
