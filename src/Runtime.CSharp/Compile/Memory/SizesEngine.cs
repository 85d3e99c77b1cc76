using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Memory;

/// <summary>Makes no code: for plans that are asked how much memory they take, and never run.</summary>
internal sealed class SizesEngine : ILoopEngine
{
    /// <inheritdoc/>
    public string Name => "sizes";

    /// <inheritdoc/>
    public LoopCode Compile(LoopProgram program) => new Nothing();

    private sealed class Nothing : LoopCode
    {
        public override int Run(int phase, long first, long last, NDArray[] buffers, CancellationToken cancellation) =>
            throw new InvalidOperationException("a plan that was made to be measured runs.");
    }
}
