using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;

namespace Adjoint.Loops.Blocks;

/// <summary>z = op(x).</summary>
internal sealed unsafe class UnaryStep<T, TOp>(Place x, Place z) : BlockStep
    where T : unmanaged
    where TOp : struct, IUnaryOp<T>
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (z.IsBlock)
        {
            Elementwise.Map<T, TOp>(new(frame.Blocks + x.Offset, frame.Rounded), new(frame.Blocks + z.Offset, frame.Rounded));
        }
        else
        {
            *(T*)(frame.Numbers + z.Offset) = TOp.Apply(*(T*)(frame.Numbers + x.Offset));
        }

        return true;
    }
}

/// <summary>z = op(x, y); in lanes, one operand may be the same for all.</summary>
internal sealed unsafe class BinaryStep<T, TOp>(Place x, Place y, Place z) : BlockStep
    where T : unmanaged
    where TOp : struct, IBinaryOp<T>
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (!z.IsBlock)
        {
            *(T*)(frame.Numbers + z.Offset) = TOp.Apply(*(T*)(frame.Numbers + x.Offset), *(T*)(frame.Numbers + y.Offset));
            return true;
        }

        var to = new Span<T>(frame.Blocks + z.Offset, frame.Rounded);
        if (!y.IsBlock)
        {
            Elementwise.ZipScalar<T, TOp>(new(frame.Blocks + x.Offset, frame.Rounded), *(T*)(frame.Numbers + y.Offset), to);
        }
        else if (!x.IsBlock)
        {
            Elementwise.ZipScalar<T, Swapped<T, TOp>>(new(frame.Blocks + y.Offset, frame.Rounded), *(T*)(frame.Numbers + x.Offset), to);
        }
        else
        {
            Elementwise.Zip<T, TOp>(new(frame.Blocks + x.Offset, frame.Rounded), new(frame.Blocks + y.Offset, frame.Rounded), to);
        }

        return true;
    }
}

/// <summary>z = op(x) number by number, also into another type.</summary>
internal sealed unsafe class EachStep<TFrom, TTo, TOp>(Place x, Place z) : BlockStep
    where TFrom : unmanaged
    where TTo : unmanaged
    where TOp : struct, IEach<TFrom, TTo>
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (!z.IsBlock)
        {
            *(TTo*)(frame.Numbers + z.Offset) = TOp.Apply(*(TFrom*)(frame.Numbers + x.Offset));
            return true;
        }

        var from = (TFrom*)(frame.Blocks + x.Offset);
        var to = (TTo*)(frame.Blocks + z.Offset);
        for (int i = 0; i < frame.Count; i++)
        {
            to[i] = TOp.Apply(from[i]);
        }

        return true;
    }
}

/// <summary>z = op(x, y) number by number.</summary>
internal sealed unsafe class EachPairStep<T, TOp>(Place x, Place y, Place z) : BlockStep
    where T : unmanaged
    where TOp : struct, IEachPair<T>
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (!z.IsBlock)
        {
            *(T*)(frame.Numbers + z.Offset) = TOp.Apply(*(T*)(frame.Numbers + x.Offset), *(T*)(frame.Numbers + y.Offset));
            return true;
        }

        var left = (T*)(frame.Blocks + x.Offset);
        var right = (T*)(frame.Blocks + y.Offset);
        var to = (T*)(frame.Blocks + z.Offset);
        for (int i = 0; i < frame.Count; i++)
        {
            to[i] = TOp.Apply(left[i], right[i]);
        }

        return true;
    }
}

/// <summary>z = whether x compares to y so.</summary>
internal sealed unsafe class CompareStep<T, TOp>(Place x, Place y, Place z) : BlockStep
    where T : unmanaged
    where TOp : struct, IComparison<T>
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (z.IsBlock)
        {
            Choose.Compare<T, TOp>(
                new(frame.Blocks + x.Offset, frame.Rounded),
                new(frame.Blocks + y.Offset, frame.Rounded),
                new Span<bool>(frame.Blocks + z.Offset, frame.Rounded));
        }
        else
        {
            *(bool*)(frame.Numbers + z.Offset) = TOp.Apply(*(T*)(frame.Numbers + x.Offset), *(T*)(frame.Numbers + y.Offset));
        }

        return true;
    }
}

/// <summary>z = test ? x : y.</summary>
internal sealed unsafe class SelectStep<T>(Place test, Place x, Place y, Place z) : BlockStep
    where T : unmanaged
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (!z.IsBlock)
        {
            *(T*)(frame.Numbers + z.Offset) = frame.Numbers[test.Offset] != 0 ? *(T*)(frame.Numbers + x.Offset) : *(T*)(frame.Numbers + y.Offset);
        }
        else if (sizeof(T) >= 4)
        {
            Choose.Select<T>(
                new(frame.Blocks + test.Offset, frame.Rounded),
                new(frame.Blocks + x.Offset, frame.Rounded),
                new(frame.Blocks + y.Offset, frame.Rounded),
                new(frame.Blocks + z.Offset, frame.Rounded));
        }
        else
        {
            for (int i = 0; i < frame.Count; i++)
            {
                ((T*)(frame.Blocks + z.Offset))[i] = ((T*)(frame.Blocks + (frame.Blocks[test.Offset + i] != 0 ? x.Offset : y.Offset)))[i];
            }
        }

        return true;
    }
}

/// <summary>w = x · y + z, rounded once.</summary>
internal sealed unsafe class FusedStep<T>(Place x, Place y, Place z, Place w) : BlockStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (!w.IsBlock)
        {
            *(T*)(frame.Numbers + w.Offset) = T.FusedMultiplyAdd(
                *(T*)(frame.Numbers + x.Offset), *(T*)(frame.Numbers + y.Offset), *(T*)(frame.Numbers + z.Offset));
            return true;
        }

        var a = (T*)(frame.Blocks + x.Offset);
        var b = (T*)(frame.Blocks + y.Offset);
        var c = (T*)(frame.Blocks + z.Offset);
        var to = (T*)(frame.Blocks + w.Offset);
        int i = 0;
        for (; Vector.IsHardwareAccelerated && i < frame.Rounded; i += Vector<T>.Count)
        {
            Fused(Vector.Load(a + i), Vector.Load(b + i), Vector.Load(c + i)).Store(to + i);
        }

        for (; i < frame.Count; i++)
        {
            to[i] = T.FusedMultiplyAdd(a[i], b[i], c[i]);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Fused(Vector<T> a, Vector<T> b, Vector<T> c) => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.FusedMultiplyAdd(Vector.As<T, float>(a), Vector.As<T, float>(b), Vector.As<T, float>(c)))
        : Vector.As<double, T>(Vector.FusedMultiplyAdd(Vector.As<T, double>(a), Vector.As<T, double>(b), Vector.As<T, double>(c)));
}

/// <summary>A function in its precompiled form.</summary>
internal sealed unsafe class FunctionStep<T>(FunctionForm<T> function, Place x, Place y, Place z) : BlockStep
    where T : unmanaged
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (z.IsBlock)
        {
            function.Run(
                new(frame.Blocks + x.Offset, frame.Count),
                new(frame.Blocks + y.Offset, frame.Count),
                new(frame.Blocks + z.Offset, frame.Count));
        }
        else
        {
            *(T*)(frame.Numbers + z.Offset) = function.Apply(*(T*)(frame.Numbers + x.Offset), *(T*)(frame.Numbers + y.Offset));
        }

        return true;
    }
}
