using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Core;

/// <summary>A dense array on the host: dtype, shape and elements in row-major order. Immutable once it is in a user's hands.</summary>
[DebuggerDisplay("{Display,nq}")]
[DebuggerTypeProxy(typeof(NDArrayView))]
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class NDArray : HostValue, IHtml
{
    private Array? storage;

    internal NDArray(DType type, Shape shape, Array storage)
    {
        Type = type;
        Shape = shape;
        Size = storage.Length;
        this.storage = storage;
    }

    internal NDArray(DType type, Shape shape, Array storage, int start)
    {
        Type = type;
        Shape = shape;
        Size = shape.Size;
        Start = start;
        this.storage = storage;
    }

    /// <summary>The elements' dtype.</summary>
    public DType Type { get; }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Size { get; }

    /// <summary>Dtype, shape and the first elements in one line, for debuggers.</summary>
    internal string Display => ArrayText.Line(this);

    /// <summary>What the elements lie in: an array of the dtype's host type.</summary>
    /// <exception cref="AdjointException">The array was donated.</exception>
    internal Array Storage => storage ?? throw Gone();

    /// <summary>Where the elements begin in <see cref="Storage"/>: 0 unless a plan put them into a larger array.</summary>
    internal int Start { get; private set; }

    /// <summary>Why the elements are gone; null while they are there.</summary>
    internal string? Fate { get; private set; }

    /// <summary>The first byte of the elements; there is none to read where the array is empty.</summary>
    internal ref byte FirstByte =>
        ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(Storage), (nint)Start * Type.Size());

    /// <summary>The same for compiled code, which knows how many bytes an element of its dtype has; few instructions, so that they are inlined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref byte FirstByteOf(int size) =>
        ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(Unsafe.As<byte[]>(Storage)), (nint)Start * size);

    private bool IsWhole => Start == 0 && Size == Storage.Length;

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
        where T : unmanaged => Memory<T>().AsSpan(Start, Size);

    /// <summary>The elements as a tensor span that shares this array's memory.</summary>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged => new(Span<T>(), [.. Shape.Select(extent => (nint)extent.Value)]);

    /// <summary>A copy of the elements in row-major order.</summary>
    public T[] ToArray<T>()
        where T : unmanaged => [.. Span<T>()];

    /// <summary>The only element.</summary>
    /// <exception cref="ShapeException">The array has not exactly one element.</exception>
    public T Item<T>()
        where T : unmanaged => Size == 1
            ? Span<T>()[0]
            : throw new ShapeException($"item: {this.Describe()} has {Size} elements, not one.");

    /// <summary>One element, by its place in row-major order.</summary>
    public Scalar At(int index) => Type switch
    {
        DType.F32 => Core.Scalar.Of(Type, (double)Span<float>()[index]),
        DType.F64 => Core.Scalar.Of(Type, Span<double>()[index]),
        DType.I32 => Core.Scalar.Of(Type, (long)Span<int>()[index]),
        DType.I64 => Core.Scalar.Of(Type, Span<long>()[index]),
        DType.Bool => Core.Scalar.Of(Span<bool>()[index]),
        DType.F16 => Core.Scalar.Of(Type, (double)Span<Half>()[index]),
        DType.BF16 => Core.Scalar.Of(Type, (double)Span<BFloat16>()[index].ToSingle()),
        DType.C64 => Core.Scalar.Of(Type, Span<Complex64>()[index].ToComplex()),
        DType.C128 => Core.Scalar.Of(Type, Span<Complex>()[index]),
        _ => AtInteger(index),
    };

    /// <summary>The elements as f64, in row-major order; the real parts of complex ones.</summary>
    public double[] ToDoubles() => Type == DType.F64 ? ToArray<double>() : [.. Enumerable.Range(0, Size).Select(i => At(i).AsDouble)];

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
    internal NDArray Reshaped(Shape shape) => new(Type, shape, Storage, Start);

    /// <summary>A copy that nobody else holds.</summary>
    internal NDArray Copy()
    {
        Array copy = Type.NewArray(Size, zero: false);
        Array.Copy(Storage, Start, copy, 0, Size);
        return new(Type, Shape, copy);
    }

    /// <summary>The elements, to be written by evaluation alone: they fill an array of their own.</summary>
    internal T[] Data<T>()
        where T : unmanaged => IsWhole
            ? Memory<T>()
            : throw new InvalidOperationException($"{this.Describe()} lies in a larger array: a kernel starts at {nameof(Start)}.");

    /// <summary>What the elements lie in, from <see cref="Start"/> on, to be written by kernels alone.</summary>
    internal T[] Memory<T>()
        where T : unmanaged => Storage.GetType() == typeof(T[])
            ? Unsafe.As<T[]>(Storage)
            : throw new DTypeException($"array: elements of {this.Describe()} cannot be read as {typeof(T).Name}.");

    /// <summary>Has an array that nobody but a plan holds begin elsewhere.</summary>
    internal void Point(Array memory, int start)
    {
        storage = memory;
        Start = start;
    }

    /// <summary>Lets the elements go: whoever touches them from now on is told why.</summary>
    internal void Retire(string fate)
    {
        Fate = fate;
        storage = null;
    }

    private AdjointException Gone() => new(Fate ?? $"array: {this.Describe()} has no elements yet.");

    /// <summary>Writes one element, by its place in row-major order.</summary>
    internal void Set(int index, Scalar value)
    {
        index += Start;
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
            case float[] x: x.AsSpan(Start, Size).Fill((float)value.AsDouble); break;
            case double[] x: x.AsSpan(Start, Size).Fill(value.AsDouble); break;
            case long[] x: x.AsSpan(Start, Size).Fill(value.AsLong); break;
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
        DType.U8 => Core.Scalar.Of(Type, (long)Span<byte>()[index]),
        DType.U16 => Core.Scalar.Of(Type, (long)Span<ushort>()[index]),
        DType.U32 => Core.Scalar.Of(Type, (long)Span<uint>()[index]),
        DType.U64 => Core.Scalar.Of(Span<ulong>()[index]),
        DType.I8 => Core.Scalar.Of(Type, (long)Span<sbyte>()[index]),
        DType.I16 => Core.Scalar.Of(Type, (long)Span<short>()[index]),
        _ => throw new DTypeException($"array: {Type} holds no element."),
    };
}
