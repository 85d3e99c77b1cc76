using System.Globalization;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Writes programs for readers.</summary>
internal static class LoopText
{
    internal static string Write(LoopProgram program)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{program.Name}(");
        text.AppendJoin(", ", program.Buffers.Select(buffer => $"{buffer}: {buffer.Type.Name()}[{buffer.Length}]"));
        text.Append(")\n");
        foreach (LoopPhase phase in program.Phases)
        {
            text.Append(CultureInfo.InvariantCulture, $"phase {phase.Tile} < {phase.Tiles}\n");
            Write(text, phase.Body, 1);
        }

        return text.ToString();
    }

    /// <summary>One item of a program.</summary>
    internal static string Of(LoopItem item)
    {
        var text = new StringBuilder();
        Write(text, item, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, LoopBlock block, int depth)
    {
        foreach (LoopItem item in block.Items)
        {
            if (item is not LoopValue { IsConstant: true })
            {
                text.Append(' ', 2 * depth);
                Write(text, item, depth);
            }
        }
    }

    private static void Write(StringBuilder text, LoopItem item, int depth)
    {
        switch (item)
        {
            case LoopValue value:
                text.Append(CultureInfo.InvariantCulture, $"{value} = {Call(value)}\n");
                break;
            case StoreItem store:
                text.Append(CultureInfo.InvariantCulture, $"{store.Buffer}[{store.Offset}] = {store.Value}\n");
                break;
            case TransposeItem block:
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"transpose {block.Rows} by {block.Columns}: {block.From}[{block.FromOffset} by {block.FromStride}] to {block.To}[{block.ToOffset} by {block.ToStride}]\n");
                break;
            case GrowItem grow:
                text.Append(CultureInfo.InvariantCulture, $"grow {grow.Buffer} to {grow.Needed}\n");
                break;
            case FailItem fail:
                text.Append(CultureInfo.InvariantCulture, $"fail {fail.Failure} if {fail.Test}\n");
                break;
            case ForItem loop:
                text.Append(CultureInfo.InvariantCulture, $"{(loop.Form == LoopForm.Lanes ? "lanes" : "for")} {loop.Index} < {loop.Count}");
                WriteCarries(text, loop.Carries);
                text.Append('\n');
                Write(text, loop.Body, depth + 1);
                foreach (LoopReduction reduction in loop.Reductions)
                {
                    text.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"{reduction.Result} = {Name(reduction.Op)} of {reduction.Element}\n");
                }

                break;
            case WhileItem loop:
                text.Append("while");
                WriteCarries(text, loop.Carries);
                text.Append('\n');
                Write(text, loop.Condition, depth + 1);
                text.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"holds {loop.Test} do\n");
                Write(text, loop.Body, depth + 1);
                break;
            case IfItem branch:
                text.Append(CultureInfo.InvariantCulture, $"if {branch.Test}{Choices(branch.Choices)}\n");
                Write(text, branch.Then, depth + 1);
                text.Append(' ', 2 * depth).Append("else\n");
                Write(text, branch.Else, depth + 1);
                break;
            case RareItem rare:
                text.Append(CultureInfo.InvariantCulture, $"rare {rare.Test}{Choices(rare.Choices)}\n");
                Write(text, rare.Block, depth + 1);
                break;
        }
    }

    private static void WriteCarries(StringBuilder text, IReadOnlyList<LoopCarry> carries)
    {
        foreach (LoopCarry carry in carries)
        {
            text.Append(CultureInfo.InvariantCulture, $" {carry.Parameter} := {carry.Initial} then {carry.Next} gives {carry.Result}");
        }
    }

    private static string Choices(IReadOnlyList<LoopChoice> choices) =>
        string.Concat(choices.Select(choice => $" {choice.Result} = {choice.Then} | {choice.Else}"));

    private static string Call(LoopValue value) => value.Op switch
    {
        LoopOp.Load => $"{value.Buffer}[{value.Operands[0]}]",
        LoopOp.Function => $"{value.Function}({string.Join(", ", value.Operands)})",
        LoopOp.Call => $"{value.Method!.Name}({string.Join(", ", value.Operands)})",
        LoopOp.ThroughStorage => $"through {value.Storage.Name()}({value.Operands[0]})",
        LoopOp.Convert or LoopOp.Bitcast => $"{Name(value.Op)} {value.Type.Name()}({value.Operands[0]})",
        _ => $"{Name(value.Op)}({string.Join(", ", value.Operands)})",
    };

    private static string Name(LoopOp op) => op.ToString();
}
