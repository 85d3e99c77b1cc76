using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A function of two elements of one dtype. A primitive says the function for the dtypes it takes, and both derivatives.</summary>
public abstract record ElementwiseBinary : ElementwisePrimitive
{
    /// <inheritdoc/>
    private protected sealed override int Arity => 2;

    /// <summary>Whether signed integers are taken as bits, without sign extension.</summary>
    private protected virtual bool OnBits => false;

    /// <summary>The function in the loop language, in the type that computes elements of the dtype.</summary>
    private protected virtual LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) =>
        LoopFunctions.Find(Name, x.Type) is { } function ? builder.Apply(function, x, y) : throw Undefined(type);

    private protected sealed override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        Element(builder, type, operands[0], operands[1]);

    private protected override Kernel? Float32 => new EachPairKernel<float>(Scalar);

    private protected override Kernel? Float64 => new EachPairKernel<double>(Scalar);

    /// <summary>The function in f64.</summary>
    protected virtual double Scalar(double x, double y) => throw Undefined(DType.F64);

    /// <summary>The function in f32 (also for f16 and bf16): from f64, rounded, unless said otherwise.</summary>
    protected virtual float Scalar(float x, float y) => (float)Scalar((double)x, y);

    /// <summary>The function of complex numbers.</summary>
    protected virtual Complex Scalar(Complex x, Complex y) => throw Undefined(DType.C128);

    /// <summary>The function of signed integers; the result wraps.</summary>
    protected virtual long Scalar(long x, long y) => throw Undefined(DType.I64);

    /// <summary>The function of unsigned integers or bits; the result wraps.</summary>
    protected virtual ulong Scalar(ulong x, ulong y) => throw Undefined(DType.U64);

    /// <summary>The function of bools.</summary>
    protected virtual bool Scalar(bool x, bool y) => throw Undefined(DType.Bool);

    /// <summary>The term of dz that dx gives: a value linear in dx, or null where it is zero everywhere.</summary>
    protected abstract Value? LeftTangent(Value dx, Value x, Value y, Value z);

    /// <summary>The term of dz that dy gives: a value linear in dy, or null where it is zero everywhere.</summary>
    protected abstract Value? RightTangent(Value dy, Value x, Value y, Value z);

    /// <inheritdoc/>
    protected sealed override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents)
    {
        Value x = node.Operands[0];
        Value y = node.Operands[1];
        Value? left = tangents[0] is { } dx ? LeftTangent(dx, x, y, node.Result) : null;
        Value? right = tangents[1] is { } dy ? RightTangent(dy, x, y, node.Result) : null;
        return left is null ? right : right is null ? left : left + right;
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray x = operands[0];
        var loop = new Loop(this, x, operands[1]);
        return OnBits ? Elements.RunBitsOrBools(x.Type, loop) : Elements.Run(x.Type, loop);
    }

    private Delegate Function(Type work) =>
        work == typeof(double) ? (Func<double, double, double>)Scalar
        : work == typeof(float) ? (Func<float, float, float>)Scalar
        : work == typeof(Complex) ? (Func<Complex, Complex, Complex>)Scalar
        : work == typeof(long) ? (Func<long, long, long>)Scalar
        : work == typeof(ulong) ? (Func<ulong, ulong, ulong>)Scalar
        : (Func<bool, bool, bool>)Scalar;

    private readonly struct Loop(ElementwiseBinary primitive, NDArray x, NDArray y) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            var function = (Func<TWork, TWork, TWork>)primitive.Function(typeof(TWork));
            TStored[] left = x.Data<TStored>();
            TStored[] right = y.Data<TStored>();
            var to = new TStored[left.Length];
            for (int i = 0; i < left.Length; i++)
            {
                to[i] = TElement.Store(function(TElement.Load(left[i]), TElement.Load(right[i])));
            }

            return NDArray.Own(x.Shape, to);
        }
    }
}
