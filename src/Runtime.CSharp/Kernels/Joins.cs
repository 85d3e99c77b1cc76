using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Kernels;

/// <summary>How an update joins the number that it meets.</summary>
internal interface IJoin<T>
    where T : unmanaged
{
    /// <summary>One number.</summary>
    static abstract T Of(T x, T update);

    /// <summary>Neighbours, in place.</summary>
    static abstract void Of(Span<T> x, ReadOnlySpan<T> updates);
}

/// <summary>The update.</summary>
internal readonly struct SetJoin<T> : IJoin<T>
    where T : unmanaged
{
    public static T Of(T x, T update) => update;

    public static void Of(Span<T> x, ReadOnlySpan<T> updates) => updates.CopyTo(x);
}

/// <summary>The sum.</summary>
internal readonly struct AddJoin<T> : IJoin<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T x, T update) => x + update;

    public static void Of(Span<T> x, ReadOnlySpan<T> updates) => TensorPrimitives.Add(x, updates, x);
}

/// <summary>The product.</summary>
internal readonly struct MultiplyJoin<T> : IJoin<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T x, T update) => x * update;

    public static void Of(Span<T> x, ReadOnlySpan<T> updates) => TensorPrimitives.Multiply(x, updates, x);
}

/// <summary>The lesser; NaN if one is NaN.</summary>
internal readonly struct MinJoin<T> : IJoin<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T x, T update) => T.Min(x, update);

    public static void Of(Span<T> x, ReadOnlySpan<T> updates) => TensorPrimitives.Min(x, updates, x);
}

/// <summary>The greater; NaN if one is NaN.</summary>
internal readonly struct MaxJoin<T> : IJoin<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T x, T update) => T.Max(x, update);

    public static void Of(Span<T> x, ReadOnlySpan<T> updates) => TensorPrimitives.Max(x, updates, x);
}
