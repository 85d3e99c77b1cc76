using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A tensor in the making: immutable, born in a frame. At the top level it is concrete and is computed when looked at.</summary>
[DebuggerDisplay("{Display,nq}")]
[DebuggerTypeProxy(typeof(ExprView))]
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed partial class Expr : IHtml
{
    private volatile Value handle;

    internal Expr(Value value, Frame frame, PendingGroup? pending = null)
    {
        handle = value;
        Frame = frame;
        Pending = pending;
    }

    /// <summary>Dtype and shape.</summary>
    public TensorType Type => Handle.Tensor;

    /// <summary>The extents.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The elements' dtype.</summary>
    public DType DType => Type.DType;

    /// <summary>The number of axes.</summary>
    public int Rank => Type.Rank;

    /// <summary>The number of elements.</summary>
    public int Size => Shape.Size;

    /// <summary>The frame in which it was born.</summary>
    public Frame Frame { get; }

    /// <summary>Type and value in one line, if the value is known, for debuggers: nothing runs.</summary>
    internal string Display => ExprView.Line(this);

    /// <summary>The value in the graph.</summary>
    internal Value Handle => handle;

    /// <summary>The pending work that this hangs together with; null where there is none.</summary>
    internal PendingGroup? Pending { get; private set; }

    /// <summary>The same value at the top level, where it was asked for after its frame had closed and is a constant.</summary>
    internal Expr? Outside { get; set; }

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer)
    {
        if (Handle.Type is TensorType && Observer.CanObserve(this))
        {
            ArrayHtml.Write(Value(), writer);
        }
        else
        {
            HtmlView.WriteText(ToString(), writer);
        }
    }

    /// <summary>A concrete value with these elements.</summary>
    public static Expr Of(NDArray array) => OfHost(array);

    /// <summary>A concrete vector.</summary>
    public static Expr Of<T>(params T[] elements)
        where T : unmanaged => Of(NDArray.Vector(elements));

    /// <summary>A concrete matrix.</summary>
    public static Expr Of<T>(T[,] elements)
        where T : unmanaged => Of(NDArray.Matrix(elements));

    /// <summary>A concrete single number, of the host type's dtype. Beside another operand a literal adapts to its dtype instead.</summary>
    public static Expr Scalar<T>(T value)
        where T : unmanaged => Of(NDArray.Scalar(value));

    /// <summary>An array is a concrete value.</summary>
    public static implicit operator Expr(NDArray array) => Of(array);

    /// <summary>A concrete vector of f64.</summary>
    public static implicit operator Expr(double[] elements) => Of(elements);

    /// <summary>A concrete vector of f32.</summary>
    public static implicit operator Expr(float[] elements) => Of(elements);

    /// <summary>A concrete vector of i32.</summary>
    public static implicit operator Expr(int[] elements) => Of(elements);

    /// <summary>A concrete vector of i64.</summary>
    public static implicit operator Expr(long[] elements) => Of(elements);

    /// <summary>A concrete vector of bools.</summary>
    public static implicit operator Expr(bool[] elements) => Of(elements);

    /// <summary>A concrete matrix of f64.</summary>
    public static implicit operator Expr(double[,] elements) => Of(elements);

    /// <summary>A concrete matrix of f32.</summary>
    public static implicit operator Expr(float[,] elements) => Of(elements);

    /// <summary>A concrete matrix of i32.</summary>
    public static implicit operator Expr(int[,] elements) => Of(elements);

    /// <summary>The values of several expressions, computed in one run.</summary>
    /// <exception cref="TraceException">One of them stands for many values, or for one to come.</exception>
    public static NDArray[] Values(params Expr[] expressions) => [.. Observer.Observe(expressions).Cast<NDArray>()];

    /// <summary>The value, computed now if it is pending, and remembered.</summary>
    /// <exception cref="TraceException">It stands for many values, or for one to come.</exception>
    public NDArray Value() => Values(this)[0];

    /// <summary>The only element of the value.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public T Item<T>()
        where T : unmanaged => Value().Item<T>();

    /// <summary>The elements of the value, in row-major order.</summary>
    public T[] ToArray<T>()
        where T : unmanaged => Value().ToArray<T>();

    /// <summary>The value where it can be looked at, otherwise the type and "traced".</summary>
    public override string ToString() =>
        Handle.Type is TensorType && Observer.CanObserve(this) ? Value().ToString() : $"{Handle.Type} (traced)";

    /// <summary>A concrete value.</summary>
    internal static Expr OfHost(HostValue value) => new(Leaf(value, ValueTypes.Of(value)), Frame.Top);

    /// <summary>Concrete values of these types.</summary>
    internal static Expr[] OfHosts(HostValue[] values, ReadOnlySpan<Ir.Value> like)
    {
        var made = new Expr[values.Length];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = new(Leaf(values[i], like[i].Type), Frame.Top);
        }

        return made;
    }

    /// <summary>Lets go of the graph behind a value that is known now; only at the top level, where no derivative needs it.</summary>
    internal void Settle(HostValue value)
    {
        if (Frame.Kind == FrameKind.Top && Handle.Producer is not null)
        {
            handle = Leaf(value, ValueTypes.Of(value));
            Pending = null;
        }
    }

    private static Value Leaf(HostValue value, Ir.ValueType type)
    {
        Value leaf = Ir.Value.Parameter(type);
        leaf.Known = value;
        return leaf;
    }
}
