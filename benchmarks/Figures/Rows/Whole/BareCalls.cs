using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Figures.Rows;

/// <summary>
/// What a network takes at least: its convolutions and products as bare calls of oneDNN in the layouts that it likes best, each timed alone, and the
/// bytes that all else reads and writes, as it was fused, at the bandwidth of the level that holds them.
/// </summary>
internal sealed class BareCalls(Setting setting)
{
    private readonly Dictionary<(HeavyCall, int), double> times = [];

    /// <summary>Nanoseconds; null where there is no compiler or no oneDNN.</summary>
    public double? Of(Graph traced, Graph compiled, int threads)
    {
        double sum = Traffic(compiled, threads);
        foreach (HeavyCall call in HeavyCall.Of(traced))
        {
            if (Time(call with { Times = 1 }, threads) is not { } time)
            {
                return null;
            }

            sum += call.Times * time;
        }

        return sum;
    }

    private unsafe double? Time(HeavyCall call, int threads)
    {
        if (times.TryGetValue((call, threads), out double known))
        {
            return known;
        }

        if (setting.OneDnn is not { } options || setting.Workshop.Library("bare", call.Entry, options) is not { } entry)
        {
            return null;
        }

        long[] numbers = [.. call.Numbers];
        fixed (long* place = numbers)
        {
            double time = ((delegate* unmanaged<long*, long, double>)entry)(place, threads);
            time = threads > 1 && Time(call, threads - 1) is { } fewer ? Math.Min(time, fewer) : time; // Small calls gain nothing by threads.
            times.Add((call, threads), time);
            return time < 0 ? null : time;
        }
    }

    /// <summary>The time of moving what nodes other than those calls read and write.</summary>
    private double Traffic(Graph graph, int threads) => graph.Nodes.Sum(node => node.Primitive switch
    {
        ConvGeneral or DotGeneral or Constant or Reshape or StopGradient => 0,
        Scan scan => scan.Length * Traffic(scan.Step.Graph, threads),
        _ => setting.Limits.Value.Bandwidth.Nanoseconds(
            node.Operands.Where(operand => Uniform.Of(operand) is null).Sum(Bytes), node.Results.Sum(Bytes), threads),
    });

    private static long Bytes(Value value) => value.Type is TensorType type ? (long)type.Shape.Size * type.DType.Size() : 0;
}
