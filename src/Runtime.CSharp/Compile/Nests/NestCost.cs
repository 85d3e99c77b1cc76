using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Nests;

/// <summary>A rough count of the cycles that a program takes, to choose between ways to run the same thing.</summary>
internal static class NestCost
{
    /// <summary>Lanes that are taken to run at a time.</summary>
    private const double Width = 8;

    /// <summary>The cycles of all tiles.</summary>
    internal static double Of(LoopProgram program) =>
        program.Phases.Sum(phase => phase.Tiles * (20 + Of(phase.Body, null)));

    /// <summary>Whether lanes read far from each other what neighbours of the loops around them read side by side.</summary>
    internal static bool HasStridedLoads(LoopProgram program) => program.Phases.Any(phase => HasStridedLoads(phase.Body, null));

    private static bool HasStridedLoads(LoopBlock block, LoopValue? lane) => block.Items.Any(item => item switch
    {
        LoopValue { Op: LoopOp.Load } load => lane is not null && SlopeOf(load.Operands[0], lane) is null or > 8,
        ForItem loop => HasStridedLoads(loop.Body, loop.Form == LoopForm.Lanes ? loop.Index : lane),
        _ => false,
    });

    private static double Of(LoopBlock block, LoopValue? lane)
    {
        double cost = 0;
        foreach (LoopItem item in block.Items)
        {
            cost += item switch
            {
                LoopValue value => OfValue(value, lane),
                StoreItem store => Access(store.Offset, lane),
                ForItem loop => OfLoop(loop, lane),
                TransposeItem turned => (turned.Rows.Most + 1.0) * (turned.Columns.Most + 1.0) / 2,
                IfItem branch => Math.Max(Of(branch.Then, lane), Of(branch.Else, lane)),
                RareItem => 2,
                _ => 1,
            };
        }

        return cost;
    }

    private static double OfLoop(ForItem loop, LoopValue? lane)
    {
        double count = loop.Count.IsConstant ? loop.Count.Constant.AsLong : loop.Index.Most + 1.0;
        return loop.Form == LoopForm.Lanes
            ? 10 + (12 * loop.Reductions.Length) + (Math.Ceiling(count / Width) * (1 + Of(loop.Body, loop.Index)))
            : count * (1 + Of(loop.Body, lane));
    }

    private static double OfValue(LoopValue value, LoopValue? lane) => value.Op switch
    {
        LoopOp.Constant or LoopOp.Parameter => 0,
        LoopOp.Load => Access(value.Operands[0], lane),
        LoopOp.Function => 20,
        LoopOp.Call => lane is null ? 30 : 30 * Width,
        LoopOp.Divide or LoopOp.Remainder when value.Type.IsInteger() => lane is null ? 5 : 5 * Width,
        LoopOp.Divide or LoopOp.SquareRoot => 6,
        _ when value.Type == DType.I64 && lane is not null && SlopeOf(value, lane) is not null => 0,
        _ => 1,
    };

    private static double Access(LoopValue offset, LoopValue? lane) =>
        lane is null ? 1 : SlopeOf(offset, lane) is 0 or 1 ? 1 : 1.5 * Width;

    /// <summary>How much an index grows from one lane to the next; null where that is not the same everywhere.</summary>
    internal static long? SlopeOf(LoopValue value, LoopValue lane)
    {
        if (ReferenceEquals(value, lane))
        {
            return 1;
        }

        if (value.IsConstant || value.Home.Depth < lane.Home.Depth)
        {
            return 0;
        }

        return value.Op switch
        {
            LoopOp.Add => SlopeOf(value.Operands[0], lane) + SlopeOf(value.Operands[1], lane),
            LoopOp.Multiply when value.Operands[1].IsConstant => SlopeOf(value.Operands[0], lane) * value.Operands[1].Constant.AsLong,
            LoopOp.Parameter => value.Least == 0 && value.Most < long.MaxValue ? 0 : null,
            _ => value.Operands.All(operand => SlopeOf(operand, lane) == 0) ? 0 : null,
        };
    }
}
