using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Kernels;

/// <summary>A function of one or two numbers, precompiled: for single numbers and in vectors, the same bits.</summary>
internal abstract class FunctionForm<T>
    where T : unmanaged
{
    /// <summary>How many operands it has.</summary>
    public abstract int Arity { get; }

    /// <summary>The function of single numbers; y is not looked at where there is one operand.</summary>
    public abstract T Apply(T x, T y);

    /// <summary>The function of spans of one length; the result may be an operand.</summary>
    public abstract void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z);

    /// <summary>The function of one number that an operator is.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type parameter says which form is meant.")]
    public static FunctionForm<T> Of<TOp>()
        where TOp : struct, IUnaryOp<T> => new Unary<TOp>();

    /// <summary>The function of two numbers that an operator is.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type parameter says which form is meant.")]
    public static FunctionForm<T> OfTwo<TOp>()
        where TOp : struct, IBinaryOp<T> => new Binary<TOp>();

    private sealed class Unary<TOp> : FunctionForm<T>
        where TOp : struct, IUnaryOp<T>
    {
        public override int Arity => 1;

        public override T Apply(T x, T y) => TOp.Apply(x);

        public override void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) => Elementwise.Map<T, TOp>(x, z);
    }

    private sealed class Binary<TOp> : FunctionForm<T>
        where TOp : struct, IBinaryOp<T>
    {
        public override int Arity => 2;

        public override T Apply(T x, T y) => TOp.Apply(x, y);

        public override void Run(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) => Elementwise.Zip<T, TOp>(x, y, z);
    }
}
