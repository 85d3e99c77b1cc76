using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A function of one element. A primitive says the function for the dtypes it takes, and the derivative.</summary>
public abstract record ElementwiseUnary : ElementwisePrimitive
{
    /// <inheritdoc/>
    private protected sealed override int Arity => 1;

    /// <summary>Whether signed integers are taken as bits, without sign extension.</summary>
    private protected virtual bool OnBits => false;

    /// <summary>The function in the loop language, in the type that computes elements of the dtype: that of its name, unless said otherwise.</summary>
    private protected virtual LoopValue Element(LoopBuilder builder, DType type, LoopValue x) =>
        LoopFunctions.Find(Name, x.Type) is { } function ? builder.Apply(function, x) : throw Undefined(type);

    private protected sealed override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        Element(builder, type, operands[0]);

    private protected override Kernel? Float32 => new EachKernel<float>(Scalar);

    private protected override Kernel? Float64 => new EachKernel<double>(Scalar);

    /// <summary>The function in f64.</summary>
    protected virtual double Scalar(double x) => throw Undefined(DType.F64);

    /// <summary>The function in f32 (also for f16 and bf16): from f64, rounded, unless said otherwise.</summary>
    protected virtual float Scalar(float x) => (float)Scalar((double)x);

    /// <summary>The function of complex numbers.</summary>
    protected virtual Complex Scalar(Complex x) => throw Undefined(DType.C128);

    /// <summary>The function of signed integers; the result wraps.</summary>
    protected virtual long Scalar(long x) => throw Undefined(DType.I64);

    /// <summary>The function of unsigned integers or bits; the result wraps.</summary>
    protected virtual ulong Scalar(ulong x) => throw Undefined(DType.U64);

    /// <summary>The function of bools.</summary>
    protected virtual bool Scalar(bool x) => throw Undefined(DType.Bool);

    /// <summary>dy: a value linear in dx, or null where it is zero everywhere.</summary>
    protected abstract Value? Tangent(Value dx, Value x, Value y);

    /// <inheritdoc/>
    protected sealed override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) =>
        Tangent(tangents[0]!, node.Operands[0], node.Result);

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray x = operands[0];
        var loop = new Loop(this, x);
        return OnBits ? Elements.RunBitsOrBools(x.Type, loop) : Elements.Run(x.Type, loop);
    }

    private Delegate FunctionOf(Type work) =>
        work == typeof(double) ? (Func<double, double>)Scalar
        : work == typeof(float) ? (Func<float, float>)Scalar
        : work == typeof(Complex) ? (Func<Complex, Complex>)Scalar
        : work == typeof(long) ? (Func<long, long>)Scalar
        : work == typeof(ulong) ? (Func<ulong, ulong>)Scalar
        : (Func<bool, bool>)Scalar;

    private readonly struct Loop(ElementwiseUnary primitive, NDArray x) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            var function = (Func<TWork, TWork>)primitive.FunctionOf(typeof(TWork));
            TStored[] from = x.Data<TStored>();
            var to = new TStored[from.Length];
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = TElement.Store(function(TElement.Load(from[i])));
            }

            return NDArray.Own(x.Shape, to);
        }
    }
}

/// <summary>A linear function of one element: its own JVP.</summary>
public abstract record ElementwiseLinear : ElementwiseUnary
{
    /// <summary>The operand's cotangent from the result's.</summary>
    protected abstract Value Transpose(Value cotangent);

    /// <inheritdoc/>
    protected sealed override Value? Tangent(Value dx, Value x, Value y) => Ops.Apply(this, dx);

    /// <inheritdoc/>
    protected sealed override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Add(Transpose(cotangent));
}
