using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A function of single elements, applied to tensors of one type. Broadcasting is a node of its own.</summary>
public abstract record ElementwisePrimitive : TensorPrimitive
{
    /// <summary>The number of operands.</summary>
    private protected abstract int Arity { get; }

    /// <summary>The dtypes it is defined for.</summary>
    private protected abstract DTypeKinds Takes { get; }

    /// <summary>Arithmetic operations an element.</summary>
    private protected virtual double Work => 1;

    /// <summary>The kernel for f32, or null.</summary>
    private protected virtual Kernel? Float32 => null;

    /// <summary>The kernel for f64, or null.</summary>
    private protected virtual Kernel? Float64 => null;

    /// <summary>The kernel for i32, or null.</summary>
    private protected virtual Kernel? Int32 => null;

    /// <summary>The kernel for i64, or null.</summary>
    private protected virtual Kernel? Int64 => null;

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => ((TensorType)operands[0]).DType switch
    {
        DType.F32 => Float32,
        DType.F64 => Float64,
        DType.I32 => Int32,
        DType.I64 => Int64,
        _ => null,
    };

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        DType type = ((TensorType)operands[^1]).DType;
        DType result = ((TensorType)Infer(operands)[0]).DType;
        return LoopTypes.IsStored(type) && LoopTypes.IsStored(result)
            ? (builder, sources, index) =>
                builder.ThroughStorage(Element(builder, type, [.. sources.Select(source => source(index))]), result)
            : null;
    }

    /// <inheritdoc/>
    public sealed override Cost Cost(ImmutableArray<ValueType> operands)
    {
        Cost cost = base.Cost(operands);
        return cost with { Operations = cost.Operations * Work };
    }

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, Arity);
        CheckSame(operands, 0);
        CheckKind(operands[0]);
        return ResultType(operands[0]);
    }

    /// <summary>The result's type from the operands'.</summary>
    private protected virtual TensorType ResultType(TensorType x) => x;

    /// <summary>The function of elements in the loop language, in the type that computes; the last operand is of the given dtype.</summary>
    private protected virtual LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        throw Undefined(type);

    /// <inheritdoc/>
    protected sealed override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        (ImmutableArray<Value> values, int axis) = BatchAxes.Align(operands, size);
        return new(Node.Make(this, values).Result, axis);
    }

    /// <summary>Throws unless the operands from one on have the same type.</summary>
    private protected void CheckSame(ImmutableArray<TensorType> operands, int first)
    {
        for (int i = first + 1; i < operands.Length; i++)
        {
            if (operands[i].DType != operands[first].DType)
            {
                throw new TypeRuleException(
                    $"{Name}: operands are of one dtype, not {operands[first]} and {operands[i]}; cast one to the other's.");
            }

            if (!operands[i].Shape.Equals(operands[first].Shape))
            {
                throw new TypeRuleException(
                    $"{Name}: operands are of one shape, not {operands[first]} and {operands[i]}; broadcast one to the other's.");
            }
        }
    }

    /// <summary>Throws unless the operation is defined for the dtype.</summary>
    private protected void CheckKind(TensorType x)
    {
        if (!Takes.Contain(x.DType))
        {
            throw new TypeRuleException($"{Name}: takes {Takes.Describe()} operands, not {x}; cast it first?");
        }
    }

    /// <summary>The error for a scalar function that the typing rule makes unreachable.</summary>
    private protected DTypeException Undefined(DType type) => new($"{Name}: not defined for {type.Name()}.");
}
