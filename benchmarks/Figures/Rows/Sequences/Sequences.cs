using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Figures.Measure;
using Figures.Report;

namespace Figures.Rows;

/// <summary>Attention over long sequences, and a block of a transformer.</summary>
internal static class Sequences
{
    private const int Long = 4096;
    private const int Head = 64;
    private const int Batch = 8;
    private const int Places = 128;
    private const int Width = 512;
    private const int Heads = 8;
    private const int Hidden = 4 * Width;

    /// <summary>The group.</summary>
    public static Group Group { get; } = new(
        "sequences",
        "Attention and transformers",
        "Attention of 4096 places by 64 numbers in f32 beside its two products alone, by the library that the runtime would take and into kept memory (its pullback beside all seven); "
        + "and the memory that it works in, beside that of its scores. A transformer block (512 wide, 8 heads, 8 sequences of 128 places, gelu; Vaswani et al. 2017, normalised first), beside its products alone and the "
        + "bytes that the rest has to read and write over the measured bandwidth. With gradient: the mean of its result, and the gradient in inputs and all weights.",
        [
            ("attention", setting => Threads.Counts.SelectMany(threads => Attentions(threads, setting))),
            ("attention's memory", _ => [Memory("memory of attention", gradient: false), Memory("memory of attention with pullback", gradient: true)]),
            ("transformer block", setting => Threads.Counts.SelectMany(threads => new[] { Block(false, threads, setting), Block(true, threads, setting) })),
        ]);

    private static IEnumerable<Row> Attentions(int threads, Setting setting)
    {
        yield return Attention("attention", false, causal: false, threads, setting);
        yield return Attention("attention with pullback", true, causal: false, threads, setting);
        yield return Attention("attention, causal", false, causal: true, threads, setting) with { Goals = [] };
        yield return Attention("attention, causal, with pullback", true, causal: true, threads, setting) with { Goals = [] };
    }

    private static Row Attention(string name, bool gradient, bool causal, int threads, Setting setting)
    {
        BareProducts products = new BareProducts().AddAttention(1, Long, Head, gradient);
        double[] times = Times(AttentionGraph(gradient, causal), products, threads, setting);
        return new(name, threads, Unit.Time, times[0], [new("products", PeerKind.Limit, times[1])], [new(PeerKind.Limit, 1.3)]);
    }

    private static Graph AttentionGraph(bool gradient, bool causal)
    {
        Expr Attend(Expr[] x) => Nn.Attention(x[0], x[1], x[2], causal: causal);
        return GraphBuilder.Build(Enumerable.Repeat(TensorType.Of(DType.F32, Long, Head), gradient ? 4 : 3), x =>
        {
            if (!gradient)
            {
                return [Attend(x)];
            }

            (Expr[] value, Func<Expr[], Expr[]> pullback) = Differential.ValueAndPullback(y => [Attend(y)], x[..3]);
            return [.. value, .. pullback([x[3]])];
        });
    }

    private static Row Memory(string name, bool gradient)
    {
        Executable executable = Executable.Compile(AttentionGraph(gradient, causal: false));
        (long announced, _) = executable.Forecast();
        executable.Run(Arguments(executable.Graph), [.. executable.Graph.ResultTypes.Cast<TensorType>().Select(type => Native.Entry.Pinned(type.DType, type.Shape))]);
        return new(
            name,
            1,
            Unit.Bytes,
            executable.Kept,
            [new("announced", PeerKind.Bound, announced), new("scores", PeerKind.Limit, 4.0 * Long * Long)],
            [new(PeerKind.Bound, 1.05)]);
    }

    private static Row Block(bool gradient, int threads, Setting setting)
    {
        const int Rows = Batch * Places;
        BareProducts products = new BareProducts().AddDense(Rows, Width, 3 * Width, gradient).AddAttention(Batch * Heads, Places, Width / Heads, gradient)
            .AddDense(Rows, Width, Width, gradient).AddDense(Rows, Width, Hidden, gradient).AddDense(Rows, Hidden, Width, gradient);
        double[] times = Times(BlockGraph(gradient), products, threads, setting);

        // Forward: two norms (read, write), biases of queries, keys and values, two sums with the input (two read, one written), gelu. Backward: the slope of gelu (two
        // read, one written), of the norms, two sums of cotangents.
        long narrow = sizeof(float) * (long)Rows * Width, wide = sizeof(float) * (long)Rows * Hidden;
        long read = (9 * narrow) + wide + (gradient ? (8 * narrow) + (2 * wide) : 0);
        long written = (7 * narrow) + wide + (gradient ? (4 * narrow) + wide : 0);
        double bytes = setting.Limits.Value.Bandwidth.Nanoseconds(read, written, threads);
        return new(
            gradient ? "transformer block with gradient" : "transformer block",
            threads,
            Unit.Time,
            times[0],
            [new("products and bytes", PeerKind.Limit, times[1] + bytes), new("products", PeerKind.Bound, times[1])],
            [new(PeerKind.Limit, 1.15)]);
    }

    private static Graph BlockGraph(bool gradient)
    {
        int[][] shapes =
        [
            [Batch, Places, Width], [Width], [Width], [Width, Width], [Width], [Width, Width], [Width], [Width, Width], [Width], [Width, Width], [Width],
            [Width], [Width], [Width, Hidden], [Hidden], [Hidden, Width], [Width],
        ];
        return GraphBuilder.Build(shapes.Select(shape => TensorType.Of(DType.F32, shape)), x =>
        {
            if (!gradient)
            {
                return [Transformed(x)];
            }

            (Expr value, Expr[] gradients) = Differential.ValueAndGrad((Expr[] y) => Transformed(y).Mean())(x);
            return [value, .. gradients];
        });
    }

    private static Expr Transformed(Expr[] w)
    {
        Expr normal = Nn.LayerNorm(w[0], w[1], w[2]);
        Expr mixed = Nn.MultiHeadAttention(Nn.Dense(normal, w[3], w[4]), Nn.Dense(normal, w[5], w[6]), Nn.Dense(normal, w[7], w[8]), Heads);
        Expr seen = w[0] + Nn.Dense(mixed, w[9], w[10]);
        return seen + Nn.Dense(Nn.Dense(Nn.LayerNorm(seen, w[11], w[12]), w[13], w[14]).Gelu(), w[15], w[16]);
    }

    private static double[] Times(Graph graph, BareProducts products, int threads, Setting setting)
    {
        Executable executable = Executable.Compile(graph);
        NDArray[] arguments = Arguments(graph);
        NDArray[] results = [.. graph.ResultTypes.Cast<TensorType>().Select(type => Native.Entry.Pinned(type.DType, type.Shape))];
        var options = new RunOptions { Parallel = Threads.Of(threads) };
        return setting.Time(
            new Contender("Adjoint", () => executable.Run(arguments, results, options)),
            new Contender("products", () => products.Run(Threads.Of(threads))));
    }

    private static NDArray[] Arguments(Graph graph) =>
        [.. graph.ParameterTypes.Cast<TensorType>().Select((type, i) => Data.Uniform(type.DType, type.Shape, -0.1, 0.1, i))];
}
