using System.Globalization;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Primitives;

namespace Adjoint.Tune;

/// <summary>Attention of one head of width 64 through the runtime, beside bare calls of the products it is made of, whose scores are held at once.</summary>
internal static class AttentionFigures
{
    private const int Rounds = 5;
    private const int Width = 64;

    internal static void Print(int[] lengths)
    {
        Console.WriteLine("| attention f32, one head of 64 | its bare products, ms | GF/s | runtime, 1 thread | all threads |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (int length in lengths.Length > 0 ? lengths : [512, 4096])
        {
            var scores = new ProductCase<float>(length, length, Width, false, true);
            var mixed = new ProductCase<float>(length, Width, length, false, false);
            var turned = new ProductCase<float>(length, Width, length, true, false);
            NDArray[] operands = [.. Enumerable.Range(0, 7).Select(i => Operand(i, length))];
            Row($"forward, {length} places", [scores, mixed], new Attention(false, Scalar.Of(DType.F64, 0.125)), operands[..3]);
            Row(
                $"pullback, {length} places",
                [scores, scores, turned, turned, mixed],
                new AttentionPullback(false, Scalar.Of(DType.F64, 0.125)),
                operands);
        }
    }

    private static void Row(string name, ProductCase<float>[] products, Primitive attention, NDArray[] operands)
    {
        Value[] parameters = [.. operands.Select(operand => Value.Parameter(TensorType.Of(operand)))];
        Node node = Node.Make(attention, [.. parameters]);
        var executable = Executable.Compile(new Graph([.. parameters], [.. node.Results]));
        NDArray[] results = executable.Run(operands);
        Action Run(IParallel parallel)
        {
            var options = new RunOptions { Parallel = parallel };
            return () => executable.Run(operands, results, options);
        }

        Providers providers = Providers.Default;
        Action[] bare =
        [
            .. ProviderNames.Libraries.Where(provider => providers.Library(provider) != 0).Select(provider => (Action)(() =>
            {
                foreach (ProductCase<float> product in products)
                {
                    product.Bare(providers, provider);
                }
            })),
        ];
        double[] seconds = Clock.Alone(Rounds, [Run(Serial.Instance), .. bare]);
        double[] threads = Clock.Typical(Rounds, Run(WorkerPool.Shared), bare[0]);
        double best = seconds[1..].Min();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {best * 1e3:F2} | {2e-9 * products.Sum(product => product.Work) / best:F1} | {seconds[0] / best:F3} | {threads[0] / threads[1]:F3} |"));
    }

    /// <summary>Queries, keys, values, output, logarithms, and cotangents of these two.</summary>
    private static NDArray Operand(int place, int length)
    {
        bool isSum = place is 4 or 6;
        NDArray array = NDArray.New(DType.F32, isSum ? Shape.Of(1, length) : Shape.Of(length, 1, Width));
        for (int i = 0; i < array.Size; i++)
        {
            array.Set(i, Scalar.Of(DType.F32, place == 4 ? 9 : (((i * 7) + (place * 5) + (i / 64 % 11)) % 13 - 6) / 6.0));
        }

        return array;
    }
}
