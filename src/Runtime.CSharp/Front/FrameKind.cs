namespace Adjoint.Front;

/// <summary>Whether what is traced in a frame can be looked at.</summary>
public enum FrameKind
{
    /// <summary>The top level: values are concrete, computed when they are looked at.</summary>
    Top,

    /// <summary>Parameters stand for arguments one to one, so values can be looked at where the arguments can.</summary>
    Transparent,

    /// <summary>Parameters stand for many values or for values to come, so nothing can be looked at.</summary>
    Opaque,
}
