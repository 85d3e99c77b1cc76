using System.Diagnostics;
using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Execute;

/// <summary>What one core of this machine does at most, as measured here: for shares in a profile.</summary>
/// <param name="BytesPerSecond">Bytes read and written by a copy that no cache holds.</param>
/// <param name="F32PerSecond">f32 operations, a fused multiply-add counting as two.</param>
/// <param name="F64PerSecond">f64 operations.</param>
public sealed record MachinePeak(double BytesPerSecond, double F32PerSecond, double F64PerSecond)
{
    private const int CopiedBytes = 64 << 20;
    private const int Repeats = 12;

    /// <summary>Measures it: a fifth of a second on the calling thread, on an idle machine. Nothing measures unless it is asked to.</summary>
    public static MachinePeak Measure() => new(Copy(), Multiply<float>(), Multiply<double>());

    /// <summary>Operations a second on numbers of a dtype; those of f64 for 8-byte numbers, of f32 for others.</summary>
    public double OperationsPerSecond(DType type) => type.Size() >= 8 ? F64PerSecond : F32PerSecond;

    private static double Copy()
    {
        var from = new byte[CopiedBytes];
        var to = new byte[CopiedBytes];
        Array.Fill(from, (byte)1);
        return 2.0 * CopiedBytes / Shortest(() => from.AsSpan().CopyTo(to));
    }

    private static double Multiply<T>()
        where T : unmanaged, INumber<T>
    {
        T sink = T.Zero;
        double seconds = Shortest(() => sink += MultiplyAdds.Run<T>());
        return T.IsNaN(sink) ? 0 : MultiplyAdds.Flops<T>() / seconds;
    }

    /// <summary>The seconds of the shortest of some runs: the one that was disturbed least.</summary>
    private static double Shortest(Action action)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < Repeats; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return Math.Max(best, 1e-9);
    }
}
