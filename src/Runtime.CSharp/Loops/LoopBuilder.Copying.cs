using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>The same instruction of other operands.</summary>
public sealed partial class LoopBuilder
{
    /// <summary>An instruction of another program, or of this one, with other operands of the same types.</summary>
    internal LoopValue Again(LoopValue value, ImmutableArray<LoopValue> x) => value.Op switch
    {
        LoopOp.Constant => Constant(value.Constant),
        LoopOp.Add => Add(x[0], x[1]),
        LoopOp.Subtract => Subtract(x[0], x[1]),
        LoopOp.Multiply => Multiply(x[0], x[1]),
        LoopOp.Divide => Divide(x[0], x[1]),
        LoopOp.Remainder => Remainder(x[0], x[1]),
        LoopOp.Negate => Negate(x[0]),
        LoopOp.Minimum => Minimum(x[0], x[1]),
        LoopOp.Maximum => Maximum(x[0], x[1]),
        LoopOp.Equal or LoopOp.NotEqual or LoopOp.Less or LoopOp.LessOrEqual => Compare(value.Op, x[0], x[1]),
        LoopOp.Select => Select(x[0], x[1], x[2]),
        LoopOp.Convert => Convert(x[0], value.Type),
        LoopOp.Bitcast => Bitcast(x[0], value.Type),
        LoopOp.ThroughStorage => ThroughStorage(x[0], value.Storage),
        LoopOp.Load => Load(value.Buffer!, x[0]),
        LoopOp.Function => Apply(value.Function!, x),
        LoopOp.Call => Call(value.Method!, x),
        LoopOp.Parameter => throw new InvalidOperationException("A parameter belongs to its loop."),
        _ => Make(value.Op, value.Type, x),
    };
}
