using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Comparison, elementwise: bools. With NaN every comparison is false but <see cref="Direction.Ne"/>.</summary>
/// <remarks>Order is defined for real numbers and bools (false below true); complex numbers are equal or not. Derivative: zero.</remarks>
/// <param name="Direction">Which comparison.</param>
public sealed partial record Compare(Direction Direction) : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "compare";

    private protected override int Arity => 2;

    private protected override DTypeKinds Takes => Direction is Direction.Eq or Direction.Ne ? DTypeKinds.All : DTypeKinds.Ordered;

    /// <summary>Draws a direction and two tensors.</summary>
    public static Sample Draw(SampleSource source)
    {
        Direction[] directions = Enum.GetValues<Direction>();
        DType type = source.Numeric();
        var compare = new Compare(source.Pick(type.IsComplex() ? directions[..2] : directions));
        Shape shape = source.Shape();
        return new(compare, source.Numbers(type, shape), source.Numbers(type, shape));
    }

    private protected override TensorType ResultType(TensorType x) => x with { DType = DType.Bool };

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands)
    {
        LoopValue x = type == DType.Bool ? builder.Convert(operands[0], DType.I32) : operands[0];
        LoopValue y = type == DType.Bool ? builder.Convert(operands[1], DType.I32) : operands[1];
        return Direction switch
        {
            Direction.Eq => builder.Equal(x, y),
            Direction.Ne => builder.NotEqual(x, y),
            Direction.Lt => builder.Less(x, y),
            Direction.Le => builder.LessOrEqual(x, y),
            Direction.Gt => builder.Less(y, x),
            _ => builder.LessOrEqual(y, x),
        };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => ((TensorType)operands[0]).DType switch
    {
        DType.F32 => Lower<float>(),
        DType.F64 => Lower<double>(),
        DType.I32 => Lower<int>(),
        DType.I64 => Lower<long>(),
        _ => null,
    };

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) =>
        Elements.Run(operands[0].Type, new Loop(Direction, operands[0], operands[1]));

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;

    private Kernel Lower<T>()
        where T : unmanaged, INumber<T> => Direction switch
        {
            Direction.Eq => CompareKernel<T, Kernels.Equal<T>>.Instance,
            Direction.Ne => CompareKernel<T, Kernels.NotEqual<T>>.Instance,
            Direction.Lt => CompareKernel<T, Kernels.Less<T>>.Instance,
            Direction.Le => CompareKernel<T, Kernels.LessOrEqual<T>>.Instance,
            Direction.Gt => CompareKernel<T, Kernels.Greater<T>>.Instance,
            _ => CompareKernel<T, Kernels.GreaterOrEqual<T>>.Instance,
        };

    private readonly struct Loop(Direction direction, NDArray x, NDArray y) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            var compare = (Func<TWork, TWork, bool>)Function(typeof(TWork));
            ReadOnlySpan<TStored> left = x.Span<TStored>();
            ReadOnlySpan<TStored> right = y.Span<TStored>();
            var to = new bool[left.Length];
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = compare(TElement.Load(left[i]), TElement.Load(right[i]));
            }

            return NDArray.Own(x.Shape, to);
        }

        private Delegate Function(Type work) =>
            work == typeof(double) ? Ordered<double>()
            : work == typeof(float) ? Ordered<float>()
            : work == typeof(long) ? Ordered<long>()
            : work == typeof(ulong) ? Ordered<ulong>()
            : work == typeof(Complex) ? direction == Direction.Eq ? (Complex a, Complex b) => a == b : (Complex a, Complex b) => a != b
            : Bools();

        private Func<T, T, bool> Ordered<T>()
            where T : IComparisonOperators<T, T, bool> => direction switch
            {
                Direction.Eq => static (a, b) => a == b,
                Direction.Ne => static (a, b) => a != b,
                Direction.Lt => static (a, b) => a < b,
                Direction.Le => static (a, b) => a <= b,
                Direction.Gt => static (a, b) => a > b,
                _ => static (a, b) => a >= b,
            };

        private Func<bool, bool, bool> Bools()
        {
            Func<long, long, bool> compare = Ordered<long>();
            return (a, b) => compare(a ? 1 : 0, b ? 1 : 0);
        }
    }
}

public static partial class Ops
{
    /// <summary>x compared with y: bools.</summary>
    public static Value Compare(Direction direction, Value x, Value y) => Apply(new Compare(direction), x, y);

    /// <summary>x = y.</summary>
    public static Value Equal(Value x, Value y) => Compare(Direction.Eq, x, y);

    /// <summary>x &lt; y.</summary>
    public static Value Less(Value x, Value y) => Compare(Direction.Lt, x, y);

    /// <summary>x &gt; y.</summary>
    public static Value Greater(Value x, Value y) => Compare(Direction.Gt, x, y);
}
