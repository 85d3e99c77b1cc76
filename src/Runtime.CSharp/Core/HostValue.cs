namespace Adjoint.Core;

/// <summary>What a value of a graph is while it runs: an <see cref="NDArray"/> or a <see cref="HostStack"/>.</summary>
public abstract class HostValue
{
    private protected HostValue()
    {
    }
}
