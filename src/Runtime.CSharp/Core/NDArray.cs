using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Core;

/// <summary>A dense array on the host: dtype, shape and elements in row-major order. Immutable once it is in a user's hands.</summary>
[DebuggerDisplay("{Display,nq}")]
[DebuggerTypeProxy(typeof(NDArrayView))]
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class NDArray : HostValue, IHtml
{
    internal NDArray(DType type, Shape shape, Array storage)
    {
        Type = type;
        Shape = shape;
        Storage = storage;
    }

    /// <summary>The elements' dtype.</summary>
    public DType Type { get; }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Size => Storage.Length;

    /// <summary>Dtype, shape and the first elements in one line, for debuggers.</summary>
    internal string Display => ArrayText.Line(this);

    /// <summary>The elements, as an array of the dtype's host type.</summary>
    internal Array Storage { get; }

    /// <summary>An array of this shape with a copy of these elements.</summary>
    /// <exception cref="ShapeException">The number of elements is not the shape's.</exception>
    /// <exception cref="DTypeException">T holds no dtype.</exception>
    public static NDArray Of<T>(Shape shape, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        if (elements.Length != shape.Size)
        {
            throw new ShapeException($"array: {elements.Length} elements do not fill the shape {shape} of {shape.Size}.");
        }

        return new(DTypes.Of<T>(), shape, elements.ToArray());
    }

    /// <summary>A vector with a copy of these elements.</summary>
    public static NDArray Vector<T>(params T[] elements)
        where T : unmanaged => Of<T>(Shape.Of(elements.Length), elements);

    /// <summary>An array of rank 0.</summary>
    public static NDArray Scalar<T>(T value)
        where T : unmanaged => Of<T>(Shape.Scalar, [value]);

    /// <summary>A copy of a matrix.</summary>
    public static NDArray Matrix<T>(T[,] elements)
        where T : unmanaged
    {
        NDArray result = New(DTypes.Of<T>(), Shape.Of(elements.GetLength(0), elements.GetLength(1)));
        elements.Cast<T>().ToArray().CopyTo(result.Data<T>(), 0);
        return result;
    }

    /// <summary>A copy of a tensor's elements.</summary>
    public static NDArray FromTensor<T>(scoped in ReadOnlyTensorSpan<T> tensor)
        where T : unmanaged
    {
        NDArray result = New(DTypes.Of<T>(), new(tensor.Lengths.ToArray().Select(length => new Extent(checked((int)length)))));
        tensor.FlattenTo(result.Data<T>());
        return result;
    }

    /// <summary>Every element this number.</summary>
    public static NDArray Full(Shape shape, Scalar value)
    {
        NDArray result = New(value.Type, shape);
        result.Fill(value);
        return result;
    }

    /// <summary>The elements in row-major order.</summary>
    /// <exception cref="DTypeException">T does not hold the dtype.</exception>
    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged => Data<T>();

    /// <summary>The elements as a tensor span that shares this array's memory.</summary>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged => new(Data<T>(), [.. Shape.Select(extent => (nint)extent.Value)]);

    /// <summary>A copy of the elements in row-major order.</summary>
    public T[] ToArray<T>()
        where T : unmanaged => [.. Data<T>()];

    /// <summary>The only element.</summary>
    /// <exception cref="ShapeException">The array has not exactly one element.</exception>
    public T Item<T>()
        where T : unmanaged => Size == 1
            ? Data<T>()[0]
            : throw new ShapeException($"item: {this.Describe()} has {Size} elements, not one.");

    /// <summary>One element, by its place in row-major order.</summary>
    public Scalar At(int index) => Type switch
    {
        DType.F32 => Core.Scalar.Of(Type, (double)Data<float>()[index]),
        DType.F64 => Core.Scalar.Of(Type, Data<double>()[index]),
        DType.I32 => Core.Scalar.Of(Type, (long)Data<int>()[index]),
        DType.I64 => Core.Scalar.Of(Type, Data<long>()[index]),
        DType.Bool => Core.Scalar.Of(Data<bool>()[index]),
        DType.F16 => Core.Scalar.Of(Type, (double)Data<Half>()[index]),
        DType.BF16 => Core.Scalar.Of(Type, (double)Data<BFloat16>()[index].ToSingle()),
        DType.C64 => Core.Scalar.Of(Type, Data<Complex64>()[index].ToComplex()),
        DType.C128 => Core.Scalar.Of(Type, Data<Complex>()[index]),
        _ => AtInteger(index),
    };

    /// <summary>The elements as f64, in row-major order; the real parts of complex ones.</summary>
    public double[] ToDoubles() => Storage is double[] x ? [.. x] : [.. Enumerable.Range(0, Size).Select(i => At(i).AsDouble)];

    /// <summary>dtype and shape: f32[8, 3].</summary>
    public string Describe() => Type.Name() + Shape;

    /// <summary>Dtype, shape and the elements, shortened in the middle.</summary>
    public override string ToString() => ArrayText.Of(this);

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer) => ArrayHtml.Write(this, writer);

    /// <summary>A new array of zeros.</summary>
    internal static NDArray New(DType type, Shape shape) => new(type, shape, type.NewArray(shape.Size));

    /// <summary>An array over these elements, not copied: the caller gives them away.</summary>
    internal static NDArray Own<T>(Shape shape, T[] elements)
        where T : unmanaged => elements.Length == shape.Size
            ? new(DTypes.Of<T>(), shape, elements)
            : throw new ShapeException($"array: {elements.Length} elements do not fill the shape {shape} of {shape.Size}.");

    /// <summary>The same elements under another shape of the same size; memory is shared.</summary>
    internal NDArray Reshaped(Shape shape) => new(Type, shape, Storage);

    /// <summary>A copy that nobody else holds.</summary>
    internal NDArray Copy() => new(Type, Shape, (Array)Storage.Clone());

    /// <summary>The elements, to be written by evaluation alone.</summary>
    internal T[] Data<T>()
        where T : unmanaged => Storage.GetType() == typeof(T[])
            ? (T[])Storage
            : throw new DTypeException($"array: elements of {this.Describe()} cannot be read as {typeof(T).Name}.");

    /// <summary>Writes one element, by its place in row-major order.</summary>
    internal void Set(int index, Scalar value)
    {
        switch (Storage)
        {
            case float[] x: x[index] = (float)value.AsDouble; break;
            case double[] x: x[index] = value.AsDouble; break;
            case int[] x: x[index] = (int)value.AsLong; break;
            case long[] x: x[index] = value.AsLong; break;
            case bool[] x: x[index] = value.AsLong != 0; break;
            case byte[] x: x[index] = (byte)value.AsLong; break;
            case ushort[] x: x[index] = (ushort)value.AsLong; break;
            case uint[] x: x[index] = (uint)value.AsLong; break;
            case ulong[] x: x[index] = (ulong)value.AsLong; break;
            case sbyte[] x: x[index] = (sbyte)value.AsLong; break;
            case short[] x: x[index] = (short)value.AsLong; break;
            case Half[] x: x[index] = (Half)value.AsDouble; break;
            case BFloat16[] x: x[index] = BFloat16.FromDouble(value.AsDouble); break;
            case Complex64[] x: x[index] = Complex64.FromComplex(value.AsComplex); break;
            case Complex[] x: x[index] = value.AsComplex; break;
        }
    }

    /// <summary>Writes every element.</summary>
    internal void Fill(Scalar value)
    {
        switch (Storage)
        {
            case float[] x: x.AsSpan().Fill((float)value.AsDouble); break;
            case double[] x: x.AsSpan().Fill(value.AsDouble); break;
            case long[] x: x.AsSpan().Fill(value.AsLong); break;
            default:
                for (int i = 0; i < Size; i++)
                {
                    Set(i, value);
                }

                break;
        }
    }

    private Scalar AtInteger(int index) => Type switch
    {
        DType.U8 => Core.Scalar.Of(Type, (long)Data<byte>()[index]),
        DType.U16 => Core.Scalar.Of(Type, (long)Data<ushort>()[index]),
        DType.U32 => Core.Scalar.Of(Type, (long)Data<uint>()[index]),
        DType.U64 => Core.Scalar.Of(Data<ulong>()[index]),
        DType.I8 => Core.Scalar.Of(Type, (long)Data<sbyte>()[index]),
        DType.I16 => Core.Scalar.Of(Type, (long)Data<short>()[index]),
        _ => throw new DTypeException($"array: {Type} holds no element."),
    };
}
