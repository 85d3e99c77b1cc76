using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels.Fourier;

namespace Adjoint.Kernels.Libraries;

/// <summary>Fourier transforms of one shape by a library, in parts of as many lines as the shape says.</summary>
internal sealed class NativeFourier<T> : FourierTransform<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Numbers of a part, where its lines are not longer: some tenths of a millisecond.</summary>
    private const int PartSize = 1 << 15;

    private readonly NativeFourierCalls calls;
    private readonly NativeFourierPlan between;
    private readonly NativeFourierPlan inPlace;
    private readonly int lines;

    private NativeFourier(NativeFourierCalls calls, NativeFourierPlan between, NativeFourierPlan inPlace, int lines)
    {
        this.calls = calls;
        this.between = between;
        this.inPlace = inPlace;
        this.lines = lines;
    }

    /// <summary>The way of the library that the table names for lines of this length; null where managed kernels run them.</summary>
    internal static NativeFourier<T>? Of(Providers providers, FourierBox box)
    {
        DType type = typeof(T) == typeof(float) ? DType.F32 : DType.F64;
        Provider provider = providers.Choose(Operation.Fourier, type, box.Length);
        if (provider == Provider.Managed || providers.Fourier is not { } calls)
        {
            return null;
        }

        int count = Lines(box);
        var shape = new NativeFourierShape(
            type == DType.F64 ? 1 : 0, 0, box.Length, count, box.Inner, box.Inner == 1 ? box.Length : 1);
        nint library = providers.Library(provider);
        NativeFourierPlan? apart = calls.Plan(library, shape);
        return apart is null || calls.Plan(library, shape with { InPlace = 1 }) is not { } placed ? null : new(calls, apart, placed, count);
    }

    /// <inheritdoc/>
    internal override unsafe void Run(T* x, T* y, FourierBox box, IParallel parallel)
    {
        NativeFourierPlan plan = x == y ? inPlace : between;
        void Part(int part)
        {
            long start = 2 * box.Start((long)part * lines);
            calls.Run(plan, box.Inverse, x + start, y + start);
        }

        int parts = (int)(box.Lines / lines);
        if (parts == 1)
        {
            Part(0);
        }
        else
        {
            parallel.For(parts, Part);
        }
    }

    /// <summary>The lines of a part: as many as divide those that lie at one distance.</summary>
    private static int Lines(FourierBox box)
    {
        int together = box.Inner == 1 ? box.Outer : box.Inner;
        int count = Math.Clamp(PartSize / box.Length, 1, together);
        while (together % count != 0)
        {
            count--;
        }

        return count;
    }
}
