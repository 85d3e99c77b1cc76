using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>What errors say that are thrown while a node runs.</summary>
internal static class RunErrors
{
    /// <summary>Says in an error at which node it happened. Never handles it: a filter of exceptions that returns false.</summary>
    internal static bool Locate(AdjointException error, Node node)
    {
        error.Locate(node.Primitive.Name, node.Origin.ToString());
        return false;
    }

    /// <summary>Whether an error is neither the user's nor a request to stop: a mistake of ours.</summary>
    internal static bool IsInternal(Exception error) => error is not (AdjointException or OperationCanceledException);

    /// <summary>The error that users see, with its cause inside.</summary>
    internal static AdjointException Internal(Exception error, Node node)
    {
        string operands = string.Join(", ", node.Operands.Select(operand => operand.Type));
        var wrapped = new AdjointException(
            $"{node.Primitive.Name}: an internal error, {error.GetType().Name}: {error.Message} Operands: {operands}.", error);
        Locate(wrapped, node);
        return wrapped;
    }

    internal static AdjointException TooDeep() =>
        new("bodies are nested too deep for the stack of this thread. Nest them less, or run on a thread with a larger stack.");
}
