using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>A program without functions and without storage in f16 and bf16: both written out, equal parts once.</summary>
internal sealed class LoopInliner : LoopCopy
{
    private LoopInliner(LoopProgram program)
        : base(program)
    {
    }

    internal static LoopProgram Expand(LoopProgram program) => new LoopInliner(program).Run();

    protected override LoopValue Instruction(LoopValue value, ImmutableArray<LoopValue> operands) => value.Op switch
    {
        LoopOp.Function => value.Function!.Define(Builder, operands),
        LoopOp.ThroughStorage when IsHalf(value.Storage) => HalfFormats.Read(Builder, value.Storage, HalfFormats.Write(Builder, value.Storage, operands[0])),
        LoopOp.Load when IsHalf(value.Buffer!.Type) => HalfFormats.Read(Builder, value.Buffer.Type, Builder.Load(Raw(value.Buffer), operands[0])),
        _ => base.Instruction(value, operands),
    };

    protected override void Store(StoreItem store, LoopValue offset, LoopValue value)
    {
        if (IsHalf(store.Buffer.Type))
        {
            Builder.Store(Raw(store.Buffer), offset, HalfFormats.Write(Builder, store.Buffer.Type, value));
        }
        else
        {
            base.Store(store, offset, value);
        }
    }

    private static bool IsHalf(DType type) => type is DType.F16 or DType.BF16;

    /// <summary>The same memory as bits.</summary>
    private static LoopBuffer Raw(LoopBuffer buffer) => buffer with { Type = DType.U16 };
}
