using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Padding with what a tensor itself has.</content>
public static partial class Tensors
{
    /// <summary>More elements before and after those along each axis, one axis after the other, as NumPy's pad.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="widths">How many before and after, for each axis; negative ones take away, with a constant alone.</param>
    /// <param name="mode">What they are.</param>
    /// <param name="number">The constant, or where a ramp ends.</param>
    /// <exception cref="ShapeException">A width is negative, or an axis without elements has nothing to be continued with.</exception>
    public static Expr Pad(this Expr x, IReadOnlyList<(int Low, int High)> widths, PadMode mode, double number = 0.0)
    {
        if (mode == PadMode.Constant)
        {
            return x.Pad(widths, number);
        }

        if (widths.Count != x.Rank)
        {
            throw new ShapeException($"pad: {widths.Count} widths for the {x.Rank} axes of {x.Type}; one pair each is wanted.").Here();
        }

        for (int axis = 0; axis < widths.Count; axis++)
        {
            (int low, int high) = widths[axis];
            CheckWidths(x, axis, low, high, mode);
            x = low == 0 && high == 0 ? x : Concat([Beyond(x, axis, low, true, mode, number), x, Beyond(x, axis, high, false, mode, number)], axis);
        }

        return x;
    }

    private static void CheckWidths(Expr x, int axis, int low, int high, PadMode mode)
    {
        if (low < 0 || high < 0)
        {
            throw new ShapeException($"pad: widths ({low}, {high}) of axis {axis} of {x.Type} are negative; "
                + "only padding with a constant takes away.").Here();
        }

        if (x.Shape[axis].Value == 0 && low + high > 0)
        {
            throw new ShapeException($"pad: axis {axis} of {x.Type} has no elements to be continued by mode {mode}; "
                + "only a constant can stand there.").Here();
        }

        if (mode is PadMode.LinearRamp or PadMode.Mean)
        {
            Demand.Differentiable($"pad ({mode})", x);
        }
    }

    /// <summary>What stands before or after the elements along an axis.</summary>
    private static Expr Beyond(Expr x, int axis, int width, bool before, PadMode mode, double number)
    {
        int extent = x.Shape[axis].Value;
        Expr Wide(Expr one) => one.BroadcastTo(x.Shape.With(axis, width));
        return mode switch
        {
            PadMode.Maximum => Wide(x.Max(axis, true)),
            PadMode.Minimum => Wide(x.Min(axis, true)),
            PadMode.Mean => Wide(x.Mean(axis, true)),
            PadMode.LinearRamp => Ramp(x, axis, width, before, number),
            _ => x.Take(
                Expr.Of([.. Enumerable.Range(0, width).Select(i => Source(mode, before ? i - width : extent + i, extent))]), axis),
        };
    }

    private static Expr Ramp(Expr x, int axis, int width, bool before, double number)
    {
        int extent = x.Shape[axis].Value;
        Expr edge = x.Take(Expr.Of(before ? 0 : extent - 1), axis);
        Expr steps = Iota(x.DType, x.Shape.With(axis, width), axis);
        Expr fraction = (before ? steps : (width - 1.0) - steps) / Math.Max(width, 1);
        return number + ((edge - number) * fraction);
    }

    /// <summary>The element that an index past the ends stands for.</summary>
    private static int Source(PadMode mode, int index, int extent)
    {
        int Cycle(int period) => ((index % period) + period) % period;
        switch (mode)
        {
            case PadMode.Edge:
                return Math.Clamp(index, 0, extent - 1);
            case PadMode.Wrap:
                return Cycle(extent);
            case PadMode.Symmetric:
                return Cycle(2 * extent) is var twice && twice < extent ? twice : (2 * extent) - 1 - twice;
            default:
                int period = Math.Max((2 * extent) - 2, 1);
                return Cycle(period) is var once && once < extent ? once : period - once;
        }
    }
}
